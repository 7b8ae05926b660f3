import Testing

@testable import SkipModel

@Suite struct TensorStorageTests {
    @Test(arguments: [
        // columns, group size, groups, bytes of a record
        (1, 0, 1, 128), (4, 0, 1, 128), (5, 4, 2, 192), (64, 0, 1, 1088), (64, 32, 2, 1088), (576, 128, 5, 9408),
        (576, 0, 1, 9280), (1536, 128, 12, 24960), (1536, 64, 24, 25344), (1 << 22, 4, 1 << 20, 24 << 22),
    ])
    func recordsHoldTilesAndScales(columns: Int, groupSize: Int, groups: Int, byteCount: Int) throws {
        let storage = TensorStorage(.int8, groupSize: groupSize)
        #expect(storage.isValid(columnCount: columns))
        #expect(storage.groupCount(columnCount: columns) == groups)
        #expect(storage.recordByteCount(columnCount: columns) == byteCount)
        for rows in [1, 15, 16, 17, 49_152] {
            let shape = try #require(TensorShape([rows, columns]))
            #expect(storage.byteCount(of: shape) == (rows + 15) / 16 * byteCount)
        }
    }

    @Test func floatsStandRowAfterRow() throws {
        let shape = try #require(TensorShape([17, 6]))
        for (elementType, width) in [(ElementType.float32, 4), (.float16, 2), (.bfloat16, 2), (.float64, 8)] {
            let storage = TensorStorage(elementType)
            #expect(storage.recordRowCount == 1)
            #expect(storage.byteCount(of: shape) == 17 * 6 * width)
            #expect(storage.byteCount(of: .vector(9)) == 9 * width)
        }
    }

    /// A group consists of whole tiles and is shorter than a row. A group of a whole row is written as 0.
    @Test(arguments: [-4, 1, 2, 3, 6, 576, 1024])
    func otherGroupSizesAreNotValid(groupSize: Int) {
        #expect(!TensorStorage(.int8, groupSize: groupSize).isValid(columnCount: 576))
        #expect(!TensorStorage(.bfloat16, groupSize: 4).isValid(columnCount: 576))
    }

    @Test func namesTypeAndGroup() {
        #expect("\(TensorStorage(.bfloat16))" == "bf16")
        #expect("\(TensorStorage(.int8))" == "int8")
        #expect("\(TensorStorage(.int8, groupSize: 128))" == "int8/128")
    }
}

@Suite struct QuantizationFiguresTests {
    @Test func theRelativeErrorIsThatOfAllBlocks() {
        var figures = QuantizationFigures(squaredWeights: 3, squaredErrors: 0.01, largestError: 0.2)
        figures.add(QuantizationFigures(squaredWeights: 1, squaredErrors: 0.03, largestError: 0.1))
        #expect(figures.relativeError == (0.04 / 4.0).squareRoot())
        #expect(figures.largestError == 0.2)
        #expect(QuantizationFigures.zero.relativeError == 0)
    }
}
