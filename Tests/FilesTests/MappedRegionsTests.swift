import Glibc
import TestSupport
import Testing

@testable import SkipFiles

/// The table of mappings, with addresses that no process maps. Serialized, because the table belongs to the process.
@Suite(.serialized) struct MappedRegionsTests {
    private static let first: UInt = 1 << 62
    private static let byteCount = 4096

    /// The address of region `index`. There is a gap of one region after each.
    private func address(_ index: Int) -> UInt { Self.first + UInt(index * 2 * Self.byteCount) }

    private func region(at address: UInt) -> (path: String, offset: UInt)? {
        var found: (String, UInt)?
        unsafe MappedRegions.withRegion(at: address) { path, offset in
            found = (unsafe String(decoding: path, as: UTF8.self), offset)
        }
        return found
    }

    private func add(_ index: Int, path: String? = nil) {
        MappedRegions.add(address: address(index), byteCount: Self.byteCount, path: path ?? "file-\(index)")
    }

    @Test func findsTheRegionOfAnAddress() throws {
        for index in 0..<3 { add(index) }
        for index in 0..<3 {
            for offset in [0, 1, UInt(Self.byteCount) - 1] {
                let found = try #require(region(at: address(index) + offset))
                #expect(found == ("file-\(index)", offset))
            }
            #expect(region(at: address(index) - 1) == nil)
            #expect(region(at: address(index) + UInt(Self.byteCount)) == nil)
        }
        MappedRegions.remove(address: address(1))
        #expect(region(at: address(0))?.path == "file-0")
        #expect(region(at: address(1)) == nil)
        #expect(region(at: address(2))?.path == "file-2")
        for index in 0..<3 { MappedRegions.remove(address: address(index)) }
        for index in 0..<3 { #expect(region(at: address(index)) == nil) }
    }

    /// More mappings than the table has places: those beyond are not found, and the places are used again.
    @Test func mappingsBeyondTheTableAreNotListed() {
        let indices = 0..<(2 * MappedRegions.capacity)
        for index in indices { add(index) }
        let listed = indices.filter { region(at: address($0))?.path == "file-\($0)" }
        // Other tests may map files at the same time.
        #expect(listed.count > MappedRegions.capacity / 2 && listed.count <= MappedRegions.capacity)
        #expect(indices.allSatisfy { listed.contains($0) || region(at: address($0)) == nil })
        for index in indices { MappedRegions.remove(address: address(index)) }
        #expect(indices.allSatisfy { region(at: address($0)) == nil })
        add(0, path: "again")
        #expect(region(at: address(0))?.path == "again")
        MappedRegions.remove(address: address(0))
    }

    @Test func pathsArePrintableAndKeepTheirEnd() {
        add(0, path: "a\u{1B}[31m\n")
        #expect(region(at: address(0))?.path == ByteString("a\u{1B}[31m\n").description)
        MappedRegions.remove(address: address(0))
        let long = String(repeating: "d/", count: 300) + "model.skipgpt"
        add(0, path: long)
        #expect(region(at: address(0))?.path == String(long.suffix(200)))
        MappedRegions.remove(address: address(0))
    }

    @Test func aMappedFileIsListedWhileItExists() throws {
        let directory = try TemporaryDirectory()
        try directory.write([1, 2, 3], to: "x")
        var start: UInt = 0
        do {
            let file = try MappedFile(opening: directory.file("x"))
            start = unsafe UInt(bitPattern: file.bytes(0..<3).baseAddress)
            let found = try #require(region(at: start + 2))
            #expect(found == (directory.file("x"), 2))
        }
        #expect(region(at: start)?.path != directory.file("x"))
    }

    /// In a process of its own, because a fault ends it.
    @Test func aFaultInAMappedFileEndsTheProcessWithTheReport() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(4), observing: [\.standardErrorContent]
        ) {
            MappingFaults.install(MappingFaults.Report(prefix: "truncated: ", suffix: "!\n", exitCode: 4))
            let directory = try TemporaryDirectory()
            try directory.write([UInt8](repeating: 1, count: 20_000), to: "x")
            let file = try MappedFile(opening: directory.file("x"))
            try directory.resize("x", to: 4096)
            guard unsafe file.bytes(0..<4096)[4095] == 1 else { exit(1) }
            if unsafe file.bytes(0..<20_000)[10_000] == 1 { exit(2) }
            exit(3)
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains("truncated: ") && errors.contains("/x: offset 10000!\n"), "\(errors)")
    }
}
