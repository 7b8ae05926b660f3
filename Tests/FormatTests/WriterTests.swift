import Glibc
import SkipModel
import Synchronization
import TestSupport
import Testing

@testable import SkipFormat

@Suite struct WriterTests {
    struct Failure: Error {}

    /// A model larger than a batch, with tensors of several leaves and a shorter last leaf.
    static let largeConfiguration: ModelConfiguration = {
        var configuration = TinyModel.configuration
        configuration.vocabularySize = 3501
        configuration.hiddenSize = 500
        return configuration
    }()

    @Test func sameBytesForEveryThreadCount() throws {
        try TemporaryDirectory.with { directory in
            let layout = try TinyModel.layout(TinyModel.graph(Self.largeConfiguration, elementType: .float32))
            #expect(layout.tensors.contains { $0.leaves.leafCount > 2 })
            var files: [[UInt8]] = []
            for (name, threadCount) in [("a", 1), ("b", 1), ("c", 2), ("d", 5)] {
                try TinyModel.write(layout, to: "\(directory)/\(name)", threadCount: threadCount)
                files.append(try SkipFile(opening: "\(directory)/\(name)").allBytes)
            }
            #expect(files.allSatisfy { $0 == files[0] })
            #expect(files[0].count == layout.fileByteCount)
        }
    }

    @Test func everyRowIsReadOnceAndStandsWhereTheLayoutSays() throws {
        try TemporaryDirectory.with { directory in
            let layout = try TinyModel.layout(TinyModel.graph(Self.largeConfiguration))
            let source = CountingRows(tensorCount: layout.tensors.count)
            try TinyModel.write(layout, to: directory + "/file", threadCount: 3, rows: source)
            let rowCounts = layout.tensors.map(\.shape.rowCount)
            #expect(source.rowsRead.withLock { $0 } == rowCounts)

            let file = try SkipFile(opening: directory + "/file")
            for (index, tensor) in layout.tensors.enumerated() {
                let expected = UnsafeMutableRawBufferPointer.allocate(byteCount: tensor.byteCount, alignment: 64)
                defer { unsafe expected.deallocate() }
                try unsafe PatternRows().readRows(0..<tensor.shape.rowCount, ofTensorAt: index, into: expected)
                #expect(unsafe file.bytes(of: tensor).elementsEqual(expected))
            }
        }
    }

    /// int8 rows are read in whole records, by any number of threads, and written where the layout places them.
    @Test func recordsComeBackForEveryThreadCount() throws {
        try TemporaryDirectory.with { directory in
            var configuration = Self.largeConfiguration
            configuration.tiesWordEmbeddings = true
            let layout = try TinyModel.layout(TinyModel.quantizedGraph(configuration))
            #expect(layout.tensors.contains { $0.elementType == .int8 && $0.leaves.leafCount > 1 })
            for tensor in layout.tensors where tensor.elementType == .int8 {
                #expect(tensor.leaves.rowsPerLeaf % 16 == 0)
                #expect(tensor.byteRange(ofLeaf: tensor.leaves.leafCount - 1).upperBound == tensor.byteRange.upperBound)
            }
            var files: [[UInt8]] = []
            for threadCount in [1, 2, 5] {
                let path = "\(directory)/\(threadCount)"
                try TinyModel.write(layout, to: path, threadCount: threadCount, rows: PatternRecords(layout: layout))
                let file = try SkipFile(opening: path)
                #expect(file.verify(threadCount: threadCount) == [])
                #expect(file.figures.count == layout.tensors.count { $0.elementType == .int8 })
                let first = layout.tensors.firstIndex { $0.elementType == .int8 } ?? 0
                #expect(file.figures.first == PatternRecords(layout: layout).figures(ofTensorAt: first))
                files.append(file.allBytes)
            }
            #expect(files[0] == files[1] && files[0] == files[2])
        }
    }

    @Test func progressEndsWithAllWeightBytes() throws {
        try TemporaryDirectory.with { directory in
            let layout = try TinyModel.layout(TinyModel.graph(Self.largeConfiguration))
            let most = Mutex(0)
            var writer = FileWriter(layout: layout)
            writer.options.progress = { progress in most.withLock { $0 = max($0, progress.completedByteCount) } }
            try writer.write(rows: PatternRows(), to: directory + "/file")
            #expect(most.withLock { $0 } == layout.weightByteCount)
        }
    }

    // MARK: Failures

    @Test(arguments: [true, false]) func aFailingSourceLeavesNothing(usesUnnamedFile: Bool) throws {
        try TemporaryDirectory.with { directory in
            var writer = FileWriter(layout: try TinyModel.layout())
            writer.options.threadCount = 2
            writer.usesUnnamedFile = usesUnnamedFile
            let rows = PatternRows { index in if index == 20 { throw Failure() } }
            let error = #expect(throws: WriteError.self) { try writer.write(rows: rows, to: directory + "/file") }
            guard case .rows(let cause) = error else { throw Failure() }
            #expect(cause is Failure)
            #expect(TemporaryDirectory.names(in: directory) == [])
        }
    }

    @Test func cancellingLeavesTheOldFile() throws {
        try TemporaryDirectory.with { directory in
            let old = try TinyModel.layout(tokenizerTable: nil)
            try TinyModel.write(old, to: directory + "/file")
            let oldBytes = try SkipFile(opening: directory + "/file").allBytes
            var writer = FileWriter(layout: try TinyModel.layout())
            writer.overwrite = true
            let calls = Mutex(0)
            writer.options.isCancelled = {
                calls.withLock {
                    $0 += 1
                    return $0 > 3
                }
            }
            let error = #expect(throws: WriteError.self) {
                try writer.write(rows: PatternRows(), to: directory + "/file")
            }
            guard case .cancelled = error else { throw Failure() }
            #expect(TemporaryDirectory.names(in: directory) == ["file"])
            #expect(try SkipFile(opening: directory + "/file").allBytes == oldBytes)
        }
    }

    @Test(arguments: [true, false]) func overwritingReplacesOnlyWhenAsked(usesUnnamedFile: Bool) throws {
        try TemporaryDirectory.with { directory in
            let path = directory + "/file"
            var first = FileWriter(layout: try TinyModel.layout(tokenizerTable: nil))
            first.usesUnnamedFile = usesUnnamedFile
            try first.write(rows: PatternRows(), to: path)
            let old = try SkipFile(opening: path)

            var second = FileWriter(layout: try TinyModel.layout())
            second.usesUnnamedFile = usesUnnamedFile
            let error = #expect(throws: WriteError.self) { try second.write(rows: PatternRows(), to: path) }
            guard case .output(.targetExists(path)) = error else { throw Failure() }
            #expect(unsafe try SkipFile(opening: path).tokenizerTable == nil)

            second.overwrite = true
            let root = try second.write(rows: PatternRows(), to: path)
            let new = try SkipFile(opening: path)
            #expect(new.header.rootHash == root)
            #expect(unsafe new.tokenizerTable != nil)
            // A mapping of the old file still sees the old bytes.
            #expect(old.verify() == [])
            #expect(TemporaryDirectory.names(in: directory) == ["file"])
        }
    }

    @Test func unsuitableTargetsAreRefusedBeforeWork() throws {
        try TemporaryDirectory.with { directory in
            let layout = try TinyModel.layout()
            _ = unsafe mkfifo(directory + "/fifo", 0o600)
            _ = unsafe symlink("elsewhere", directory + "/link")
            let rows = PatternRows { _ in Issue.record("rows were read") }
            for target in ["fifo", "link", "", ".", ".."] {
                let error = #expect(throws: WriteError.self) {
                    try TinyModel.write(layout, to: directory + "/" + target, overwrite: true, rows: rows)
                }
                guard case .output(.unsuitableTarget) = error else { throw Failure() }
            }
            for target in ["missing/file", "fifo/file"] {
                let error = #expect(throws: WriteError.self) {
                    try TinyModel.write(layout, to: directory + "/" + target, rows: rows)
                }
                guard case .output(.system(let failure)) = error else { throw Failure() }
                #expect(failure.operation == .open)
            }
            #expect(TemporaryDirectory.names(in: directory) == ["fifo", "link"])
        }
    }

    @Test func aDiskThatIsTooSmallIsToldAtOnce() throws {
        try TemporaryDirectory.with { directory in
            var configuration = TinyModel.configuration
            configuration.vocabularySize = 1 << 22
            configuration.hiddenSize = 1 << 20
            let layout = try TinyModel.layout(TinyModel.graph(configuration, elementType: .float32))
            let error = #expect(throws: WriteError.self) { try TinyModel.write(layout, to: directory + "/file") }
            guard case .output(.system(let failure)) = error else { throw Failure() }
            #expect(failure.operation == .freeSpace && failure.code == ENOSPC)
            #expect(TemporaryDirectory.names(in: directory) == [])
        }
    }

    /// Runs in a process of its own, because the limit applies to the whole process.
    @Test(arguments: [true, false]) func aFileSizeLimitIsAnError(usesUnnamedFile: Bool) async {
        await #expect(processExitsWith: .success) { [usesUnnamedFile] in
            try TemporaryDirectory.with { directory in
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 8192, rlim_max: 8192)
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                var writer = FileWriter(layout: try TinyModel.layout())
                writer.usesUnnamedFile = usesUnnamedFile
                do throws(WriteError) {
                    try writer.write(rows: PatternRows(), to: directory + "/file")
                    exit(1)
                } catch {
                    guard case .output(.system(let failure)) = error, failure.code == EFBIG else { exit(2) }
                }
                guard TemporaryDirectory.names(in: directory).isEmpty else { exit(3) }
            }
        }
    }
}

/// Counts the rows that are read.
final class CountingRows: TensorRowSource {
    let rowsRead: Mutex<[Int]>

    init(tensorCount: Int) { rowsRead = Mutex(Array(repeating: 0, count: tensorCount)) }

    func makeReader() -> Reader { Reader(source: self) }

    struct Reader: TensorRowReader {
        let source: CountingRows

        func readRows(
            _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
        ) throws {
            source.rowsRead.withLock { $0[index] += rows.count }
            try unsafe PatternRows().readRows(rows, ofTensorAt: index, into: destination)
        }
    }
}
