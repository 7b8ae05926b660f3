import SkipModel
import Synchronization
import TestSupport

import struct Crypto.SHA256

@testable import SkipFiles
@testable import SkipFormat

/// SHA-256 computed by swift-crypto, one piece after the other.
struct ReferenceSHA256 {
    func callAsFunction(_ prefix: UInt8?, _ bytes: RawSpan) -> SHA256Digest {
        var hash = SHA256()
        if let prefix { hash.update(data: [prefix]) }
        // SAFETY: the bytes are read within the call.
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        // SAFETY: a SHA-256 digest has 32 bytes.
        return unsafe hash.finalize().withUnsafeBytes { unsafe SHA256Digest($0) }
    }
}

let sha256 = ReferenceSHA256()

/// A model with every kind of tensor and router, a few kilobytes large.
enum TinyModel {
    static let configuration = ModelConfiguration(
        architecture: .llama,
        vocabularySize: 11,
        hiddenSize: 6,
        intermediateSize: 10,
        attentionHeadCount: 2,
        keyValueHeadCount: 1,
        headDimension: 4,
        maximumPositionCount: 64,
        rmsNormEpsilon: 1e-5,
        rotaryEmbedding: RotaryEmbedding(
            theta: 10_000,
            scaling: .llama3(
                factor: 8,
                lowFrequencyFactor: 1,
                highFrequencyFactor: 4,
                originalMaximumPositionCount: 32
            )
        ),
        tiesWordEmbeddings: false,
        attentionScale: 0.5,
        routerThresholdBias: -0.25,
        beginOfTextTokenID: 1,
        endOfTextTokenIDs: [2, 7],
        layers: [
            LayerConfiguration(attentionRouter: .mlp(hiddenWidth: 3), mlpRouter: .linear, slidingWindow: 16),
            LayerConfiguration(attentionRouter: .none, mlpRouter: .mlp(hiddenWidth: 2)),
        ]
    )

    static let provenance = [
        ProvenanceEntry("tool.version", "1.0"), ProvenanceEntry("option.outtype", "bf16"),
        ProvenanceEntry("source.0.name", "model.safetensors"), ProvenanceEntry("source.0.bytes", "1234"),
    ]

    /// Returns a graph whose weights are stored as `elementType`, with the tensors that the configuration requires.
    static func graph(
        _ configuration: ModelConfiguration = configuration,
        elementType: ElementType = .bfloat16,
        optionalRoles: [TensorRole] = [.queryBias, .attentionRouterPredictorBias],
        provenance: [ProvenanceEntry] = provenance
    ) -> ModelGraph {
        let optional = configuration.layers.indices.flatMap { layer in optionalRoles.map { TensorID($0, layer: layer) }
        }
        let ids = (configuration.requiredTensors + optional.filter { configuration.shape(of: $0) != nil }).sorted()
        let tensors = ids.map { id in
            GraphTensor(
                id: id,
                plan: .stored(
                    SourceTensor(
                        sourceIndex: 0,
                        name: ByteString("\(id)"),
                        elementType: id.role.isVector ? .float32 : elementType,
                        shape: configuration.shape(of: id) ?? .vector(0),
                        byteOffset: 0
                    )
                )
            )
        }
        return ModelGraph(
            configuration: configuration,
            sources: [SourceRecord(name: "model.safetensors", byteCount: 1234)],
            tensors: tensors,
            provenance: provenance
        )
    }

    static func layout(
        _ graph: ModelGraph = graph(),
        tokenizerTable: [UInt8]? = Array(0..<77),
        alignmentLog2: Int = 12
    ) throws -> FileLayout {
        try FileLayout(graph: graph, tokenizerTable: tokenizerTable, alignmentLog2: alignmentLog2)
    }

    static func write(
        _ layout: FileLayout,
        to path: String,
        threadCount: Int = 1,
        overwrite: Bool = false,
        rows: some TensorRowSource = PatternRows()
    ) throws {
        var writer = FileWriter(layout: layout)
        writer.options.threadCount = threadCount
        writer.overwrite = overwrite
        try writer.write(rows: rows, to: path)
    }

    /// Writes a file and returns its bytes.
    static func bytes(_ layout: FileLayout) throws -> [UInt8] {
        try TemporaryDirectory.with { directory in
            try write(layout, to: directory + "/tiny.skipgpt")
            return try SkipFile(opening: directory + "/tiny.skipgpt").allBytes
        }
    }
}

extension SkipFile {
    var allBytes: [UInt8] {
        // SAFETY: the array is a copy.
        unsafe Array(file.bytes(0..<file.byteCount))
    }
}

/// Rows whose bytes are computed from the tensor's index and the row. `willRead` may throw or count.
struct PatternRows: TensorRowSource, TensorRowReader {
    var willRead: @Sendable (_ tensorIndex: Int) throws -> Void = { _ in }

    func makeReader() -> PatternRows { self }

    func readRows(_ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer) throws {
        try willRead(index)
        let rowByteCount = destination.count / rows.count
        for (position, row) in rows.enumerated() {
            for column in 0..<rowByteCount {
                unsafe destination[position * rowByteCount + column] = UInt8(
                    truncatingIfNeeded: index &* 31 &+ row &* 7 &+ column &* 3 &+ 1
                )
            }
        }
    }
}
