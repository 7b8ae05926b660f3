import Synchronization
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

@Suite struct InflatedRecordTests {
    private let contents = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    /// A file with two compressed storages, and their records.
    private func open(_ directory: TemporaryDirectory, _ change: (inout ZipBuilder.Archive) -> Void = { _ in })
        throws -> (InputFile, [CheckpointTensor])
    {
        func tensor(_ key: String) -> [UInt8] {
            let storage = Pickle.storage(key, "ByteStorage", count: contents.count)
            return Pickle.tensor(storage: storage, size: [contents.count], strides: [1])
        }
        let pickle = Pickle.dict([("a", tensor("0")), ("b", tensor("1"))])
        var builder = TorchBuilder.archive(pickle: pickle, storages: [contents, contents.reversed()])
        builder["m/data/0"].method = 8
        builder["m/data/1"].method = 8
        var archive = builder.build()
        change(&archive)
        try directory.write(archive.bytes, to: "x.pth")
        let file = try InputFile(opening: directory.file("x.pth"))
        return (file, try TorchFile(reading: file).tensors)
    }

    /// Both records in memory, both in a temporary file, and one in each.
    @Test(arguments: [1 << 30, 0, 300_000])
    func areReadLikeFiles(_ memoryByteLimit: Int) throws {
        let (file, tensors) = try open(try TemporaryDirectory())
        let records = InflatedRecords(memoryByteLimit: memoryByteLimit)
        for (tensor, expected) in zip(tensors, [contents, contents.reversed()]) {
            let record = try records.contents(of: try #require(tensor.compressedRecord), in: file)
            #expect(record.byteCount == contents.count)
            #expect(try record.bytes(0..<contents.count) == expected)
            #expect(try record.bytes(123_456..<200_001) == Array(expected[123_456..<200_001]))
        }
    }

    @Test(arguments: [1 << 30, 0])
    func areChecked(_ memoryByteLimit: Int) throws {
        let (file, tensors) = try open(try TemporaryDirectory()) { archive in
            archive.bytes[archive.data[4] + 1_000] ^= 1
        }
        let records = InflatedRecords(memoryByteLimit: memoryByteLimit)
        let record = try #require(tensors[0].compressedRecord)
        let error = #expect(throws: InputError.self) { try records.contents(of: record, in: file) }
        #expect(error?.rule == .zipChecksum)
    }

    @Test func aMissingTemporaryDirectoryIsAnError() throws {
        let directory = try TemporaryDirectory()
        let (file, tensors) = try open(directory)
        let record = try #require(tensors[0].compressedRecord)
        let missing = directory.file("missing")
        let small = InflatedRecords(memoryByteLimit: 0, temporaryDirectory: missing)
        let error = #expect(throws: InputError.self) { try small.contents(of: record, in: file) }
        #expect(error?.rule == .temporaryFile)
        #expect(error?.file == missing)
        // A record that fits into memory needs no temporary file.
        let large = InflatedRecords(memoryByteLimit: 1 << 30, temporaryDirectory: missing)
        #expect(try large.contents(of: record, in: file).byteCount == contents.count)
    }

    @Test func inflatingEndsWhenItIsCancelled() throws {
        let (file, tensors) = try open(try TemporaryDirectory())
        let record = try #require(tensors[0].compressedRecord)
        let calls = Mutex(0)
        let records = InflatedRecords(memoryByteLimit: 0) {
            // Before the second of two pieces.
            calls.withLock {
                $0 += 1
                return $0 == 2
            }
        }
        #expect(throws: InputError.self) { try records.contents(of: record, in: file) }
        #expect(calls.withLock { $0 } == 2)
        #expect(try records.contents(of: record, in: file).byteCount == contents.count)
    }
}
