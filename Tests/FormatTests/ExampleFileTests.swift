import Glibc
import SkipModel
import TestSupport
import Testing

@testable import SkipFormat

/// Checks that the writer writes the example file of the specification, byte for byte.
///
/// After an intended change of the format, run `SKIPC_RECORD=1 swift test --filter ExampleFileTests`, then
/// `Scripts/hexdump_spec.py`.
@Suite struct ExampleFileTests {
    static let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    static let path = repository + "/specs/examples/tiny.skipgpt"

    static func layout() throws -> FileLayout {
        let configuration = ModelConfiguration(
            architecture: .llama, vocabularySize: 8, hiddenSize: 4, intermediateSize: 6, attentionHeadCount: 2,
            keyValueHeadCount: 1, headDimension: 2, maximumPositionCount: 16, rmsNormEpsilon: 1e-5,
            rotaryEmbedding: RotaryEmbedding(theta: 10_000), tiesWordEmbeddings: true, attentionScale: 0.75,
            beginOfTextTokenID: 1, endOfTextTokenIDs: [2],
            layers: [LayerConfiguration(attentionRouter: .linear, mlpRouter: .mlp(hiddenWidth: 1))])
        let graph = TinyModel.graph(
            configuration, optionalRoles: [.attentionRouterPredictorBias],
            provenance: [ProvenanceEntry("tool.name", "skipc"), ProvenanceEntry("option.outtype", "bf16")])
        return try FileLayout(graph: graph, tokenizerTable: Array("opaque".utf8), alignmentLog2: 12)
    }

    @Test func theWriterMakesTheExample() throws {
        let layout = try Self.layout()
        if unsafe getenv("SKIPC_RECORD") != nil {
            try TinyModel.write(layout, to: Self.path, overwrite: true, rows: ExampleRows(layout: layout))
        }
        try TemporaryDirectory.with { directory in
            try TinyModel.write(layout, to: directory + "/tiny.skipgpt", rows: ExampleRows(layout: layout))
            let written = try SkipFile(opening: directory + "/tiny.skipgpt")
            let example = try SkipFile(opening: Self.path)
            #expect(written.allBytes == example.allBytes)
            #expect(example.verify() == [])
        }
    }
}

/// Small finite weights: ones in vectors, quarters from -0.75 to 0.75 elsewhere.
struct ExampleRows: TensorRowSource, TensorRowReader {
    let layout: FileLayout

    func makeReader() -> ExampleRows { self }

    func readRows(_ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer) throws {
        let tensor = layout.tensors[index]
        let columnCount = tensor.shape.columnCount
        for element in rows.lowerBound * columnCount..<rows.upperBound * columnCount {
            let value: Float = tensor.id.role.isVector ? 1 : Float((element * 3 + index) % 7 - 3) / 4
            let position = (element - rows.lowerBound * columnCount) * tensor.elementType.byteCount
            if tensor.elementType == .float32 {
                unsafe destination.storeBytes(of: value.bitPattern, toByteOffset: position, as: UInt32.self)
            } else {
                let bits = UInt16(value.bitPattern >> 16)
                unsafe destination.storeBytes(of: bits, toByteOffset: position, as: UInt16.self)
            }
        }
    }
}
