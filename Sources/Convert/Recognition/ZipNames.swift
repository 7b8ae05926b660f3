import SkipFiles

/// The names of a zip archive's entries, read leniently, to recognize what the archive holds. `ZipArchive` is the strict
/// reader, which refuses archives that others accept.
struct ZipNames {
    /// The names in the part of the directory that was read.
    private(set) var names: [String] = []
    /// Whether the directory was read from its start.
    private(set) var isComplete = true

    private static let tailByteLimit = 66_000
    private static let directoryByteLimit = 1 << 20

    /// Nil if the archive has no end or no directory.
    init?(reading source: some ByteSource) throws(InputError) {
        guard let directory = try Self.directory(of: source) else { return nil }
        isComplete = directory.count <= Self.directoryByteLimit
        let start = max(directory.lowerBound, directory.upperBound - Self.directoryByteLimit)
        collect(ZipFields(try source.bytes(start..<directory.upperBound)))
    }

    private mutating func collect(_ fields: ZipFields) {
        var position = 0
        // A part of a directory may begin inside an entry.
        while !isComplete, position < fields.bytes.count, !fields.hasSignature(.centralHeader, at: position) {
            position += 1
        }
        while position + 46 <= fields.bytes.count, fields.hasSignature(.centralHeader, at: position) {
            let nameEnd = position + 46 + fields.uint16(at: position + 28)
            guard nameEnd <= fields.bytes.count else { return }
            names.append(String(decoding: fields.bytes[position + 46..<nameEnd], as: UTF8.self))
            position = nameEnd + fields.uint16(at: position + 30) + fields.uint16(at: position + 32)
        }
    }

    private static func directory(of source: some ByteSource) throws(InputError) -> Range<Int>? {
        let start = max(0, source.byteCount - tailByteLimit)
        let tail = ZipFields(try source.bytes(start..<source.byteCount))
        guard tail.bytes.count >= 22,
            let end = (0...tail.bytes.count - 22).last(where: { tail.hasSignature(.endRecord, at: $0) })
        else { return nil }
        var (byteCount, offset) = (tail.uint32(at: end + 12), tail.uint32(at: end + 16))
        if byteCount == ZipSentinel.uint32 || offset == ZipSentinel.uint32 {
            guard end >= 20, tail.hasSignature(.zip64Locator, at: end - 20) else { return nil }
            let record = tail.uint64(at: end - 12)
            guard record <= source.byteCount - 56 else { return nil }
            let fields = ZipFields(try source.bytes(record..<record + 56))
            guard fields.hasSignature(.zip64EndRecord) else { return nil }
            (byteCount, offset) = (fields.uint64(at: 40), fields.uint64(at: 48))
        }
        guard offset <= source.byteCount, byteCount <= source.byteCount - offset else { return nil }
        return offset..<offset + byteCount
    }

    // MARK: Contents

    /// What the archive holds.
    enum Contents {
        case torchFile
        case form(InputRule, found: String)
        case unknown
    }

    var contents: Contents {
        let records = names.map { name in name.firstIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...] }
        let holdsPickle = names.contains { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
        if holdsPickle || !isComplete {
            if records.contains(where: { $0.hasPrefix("code/") || $0 == "constants.pkl" }) {
                return .form(.torchScript, found: "")
            }
            return .torchFile
        }
        func first(_ endings: [String]) -> String? { names.first { name in endings.contains(where: name.hasSuffix) } }
        if let name = first(["model.weights.h5"]) { return .form(.tensorFlowFile, found: Self.printed(name)) }
        if let name = first([".mlmodel"]) { return .form(.deployedModel, found: "CoreML, \(Self.printed(name))") }
        if first(["/archive_format", "serialized_exported_program.json"]) != nil {
            return .form(.deployedModel, found: "torch.export")
        }
        if let name = first([".npy"]) { return .form(.numpyFile, found: Self.printed(name)) }
        let modelFiles = ["config.json", ".safetensors", "pytorch_model.bin", ".gguf", ".pth", ".pt"]
        if let name = first(modelFiles) {
            return .form(.archiveFile, found: "a zip archive that holds \(Self.printed(name))")
        }
        return .unknown
    }

    private static func printed(_ name: String) -> String { "\"\(ByteString(name))\"" }
}
