import SkipCompiler
import SkipConvert
import SkipFiles
import SkipFormat
import SkipQuantize
import TestSupport

@testable import SkipPackage

/// Small `.skipgpt` files and their packages.
struct PackageSample {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func path(_ name: String) -> String { directory.file(name) }

    func bytes(_ name: String) throws -> [UInt8] {
        let file = try InputFile(opening: path(name))
        return try file.bytes(0..<file.byteCount)
    }

    /// Converts the tiny checkpoint of `seed` with the routers of another seed.
    @discardableResult
    func convert(
        _ name: String, seed: UInt64 = 1, routerSeed: UInt64 = 1, type: OutputType = .auto, tokenizer: Bool = false
    ) throws -> SHA256Digest {
        var checkpoint = TinyCheckpoint(seed: seed)
        checkpoint.routers = TinyCheckpoint(seed: routerSeed).routers
        try checkpoint.write(to: directory)
        return try convert(
            name, FrontEnd(modelDirectory: directory.path, routerPath: path("routers.safetensors")), type: type)
    }

    /// Converts a model whose blocks are large enough to shrink.
    @discardableResult
    func convertFixture(_ name: String, type: OutputType) throws -> SHA256Digest {
        let fixture = RepositoryPaths.fixture("llama-mlp-bf16-sharded")
        let frontEnd = FrontEnd(modelDirectory: fixture, routerPath: fixture + "/routers.safetensors")
        return try convert(name, frontEnd, type: type)
    }

    private func convert(_ name: String, _ frontEnd: FrontEnd, type: OutputType) throws -> SHA256Digest {
        try Conversion(frontEnd, types: OutputTypeSelection(type), tokenizer: .none)
            .write(to: path(name), overwrite: true).rootHash
    }

    @discardableResult
    func pack(_ name: String, to output: String, base: String? = nil, threadCount: Int = 1) throws -> PackedFile {
        try Packing(path(name), base: base.map { try BaseFile(opening: path($0)) })
            .write(
                to: OutputTarget(path: path(output), overwrite: true), options: WorkOptions(threadCount: threadCount))
    }

    func open(_ name: String, base: String? = nil, requiresBase: Bool = true) throws -> Package {
        try Package(
            opening: PartNames.siblings(of: path(name)), base: base.map { try BaseFile(opening: path($0)) },
            requiresBase: requiresBase)
    }

    @discardableResult
    func unpack(
        _ name: String, to output: String, base: String? = nil, threadCount: Int = 1
    ) throws -> RestoredBlocks {
        try Unpacking(open(name, base: base))
            .write(
                to: OutputTarget(path: path(output), overwrite: true), options: WorkOptions(threadCount: threadCount))
    }
}

/// The bytes of a package whose checksums can be made correct.
struct PackageBytes {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        for index in 0..<MemoryLayout<Value>.size {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index))
        }
    }

    /// The position of a field of an index entry.
    func entry(_ index: Int, _ field: Int) -> Int {
        PackageLimits.headerByteCount + index * PackageLimits.indexEntryByteCount + field
    }

    var header: PackageHeader {
        get throws { try HeaderReader(bytes: Array(bytes.prefix(256)), fileByteCount: bytes.count).read() }
    }

    /// Corrects the checksums of the index and of the header.
    mutating func seal() {
        let count = Int(bytes.integer(UInt32.self, at: PackageHeader.Offset.entryCount))
        let end = PackageLimits.headerByteCount + count * PackageLimits.indexEntryByteCount
        if end <= bytes.count {
            set(
                Array(bytes[PackageLimits.headerByteCount..<end]).checksum, at: PackageHeader.Offset.indexChecksum)
        }
        set(Array(bytes[..<PackageHeader.Offset.headerChecksum]).checksum, at: PackageHeader.Offset.headerChecksum)
    }
}
