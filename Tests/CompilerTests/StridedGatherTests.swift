import SkipModel
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipFiles

@Suite struct StridedGatherTests {
    /// Gathers elements in blocks of rows from a storage whose elements are their own positions.
    private func gather(_ view: StridedView, width: Int, rowsPerBlock: Int, storageCount: Int) throws -> [Int] {
        let storage = (0..<storageCount).flatMap { Array(littleEndian(UInt64($0)).prefix(width)) }
        let source = MemorySource(path: "storage", contents: [1, 2, 3] + storage)
        var gather = StridedGather()
        var values: [Int] = []
        for first in stride(from: 0, to: view.shape.rowCount, by: rowsPerBlock) {
            let rows = first..<min(first + rowsPerBlock, view.shape.rowCount)
            var output = [UInt8](repeating: 0xFF, count: rows.count * view.shape.columnCount * width)
            var failure: InputError?
            unsafe output.withUnsafeMutableBytes { buffer in
                do throws(InputError) {
                    try unsafe gather.rows(
                        rows, of: view, elementByteCount: width, from: source, at: 3, into: buffer)
                } catch { failure = error }
            }
            if let failure { throw failure }
            for start in stride(from: 0, to: output.count, by: width) {
                values.append(output[start..<start + width].reversed().reduce(0) { $0 << 8 | Int($1) })
            }
        }
        return values
    }

    /// The positions of the elements of a view, by the definition of strides.
    private func expected(_ view: StridedView) -> [Int] {
        var positions = [view.offset]
        for (size, stride) in zip(view.shape.dimensions, view.strides) {
            positions = positions.flatMap { position in (0..<size).map { position + $0 * stride } }
        }
        return positions
    }

    @Test("PK-61: any strides give the logical tensor", arguments: 0..<60)
    func agreesWithTheDefinition(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let sizes = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0...7, using: &random) }
        let strides = sizes.map { _ in Int.random(in: 0...40, using: &random) }
        let offset = Int.random(in: 0...9, using: &random)
        let view = StridedView(shape: try #require(TensorShape(sizes)), strides: strides, offset: offset)
        let count = try #require(view.end)
        for width in [2, 4, 8] where width > 2 || count < 65_536 {
            let rowsPerBlock = Int.random(in: 1...3, using: &random)
            let values = try gather(view, width: width, rowsPerBlock: rowsPerBlock, storageCount: count)
            #expect(values == expected(view), "sizes \(sizes), strides \(strides), offset \(offset), width \(width)")
        }
    }

    /// Large enough that columns are read one by one and that no window holds all of them.
    @Test func aLargeTransposedMatrixIsReadInPieces() throws {
        let shape = try #require(TensorShape([40, 3_000]))
        let view = StridedView(shape: shape, strides: [1, 43], offset: 2)
        let values = try gather(view, width: 4, rowsPerBlock: 7, storageCount: 3_000 * 43)
        #expect(values == expected(view))
    }

    /// Elements so far apart that each is read alone.
    @Test func elementsFarApartAreReadAlone() throws {
        let view = StridedView(shape: try #require(TensorShape([3, 5])), strides: [80_000, 9_000])
        let values = try gather(view, width: 4, rowsPerBlock: 2, storageCount: try #require(view.end))
        #expect(values == expected(view))
    }
}
