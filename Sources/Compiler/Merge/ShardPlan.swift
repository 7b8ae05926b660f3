import SkipConvert
import SkipFiles
import SkipModel

/// The layout of the safetensors files of a checkpoint to write: the file and the position of every tensor.
public struct ShardPlan: Sendable {
    /// One file.
    public struct Shard: Sendable {
        public let fileName: String
        /// In the order of their bytes.
        public let weights: [CheckpointWeight]
        public let layout: SafetensorsLayout
    }

    public let shards: [Shard]
    /// The file that Transformers reads first if there are several shards; nil for one.
    public let index: [UInt8]?

    public static let indexName = "model.safetensors.index.json"

    /// Divides a checkpoint into files of at most `byteLimit` bytes of tensors. A larger tensor gets a file of its own.
    ///
    /// The files keep the order of the given tensors, so that inputs are read sequentially. Within a file, wider types
    /// come first, so that every tensor is aligned. `metadata` is written to every file and to the index.
    public init(_ weights: [CheckpointWeight], byteLimit: Int, metadata: [(key: String, value: String)]) {
        var parts: [[CheckpointWeight]] = [[]]
        var byteCount = 0
        for weight in weights {
            if byteCount + weight.byteCount > byteLimit, byteCount > 0 {
                parts.append([])
                byteCount = 0
            }
            parts[parts.count - 1].append(weight)
            byteCount += weight.byteCount
        }
        let count = parts.count
        shards = parts.enumerated().map { index, part in
            let name =
                count == 1
                ? "model.safetensors" : "model-\(Self.number(index + 1))-of-\(Self.number(count)).safetensors"
            return Self.shard(name, part, metadata)
        }
        index = count == 1 ? nil : Self.index(of: shards, metadata)
    }

    /// Returns a separate file for weights that belong to no shard.
    public static func shard(
        _ fileName: String, _ weights: [CheckpointWeight], _ metadata: [(key: String, value: String)]
    ) -> Shard {
        let ordered = weights.enumerated().sorted { left, right in
            let widths = (left.element.plan.elementType.byteCount, right.element.plan.elementType.byteCount)
            return widths.0 != widths.1 ? widths.0 > widths.1 : left.offset < right.offset
        }.map(\.element)
        let entries = ordered.map {
            SafetensorsLayout.Entry($0.name, StoredType($0.plan.elementType), $0.plan.shape)
        }
        return Shard(
            fileName: fileName, weights: ordered,
            layout: SafetensorsLayout(entries, metadata: [("format", "pt")] + metadata))
    }

    private static func number(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func index(of shards: [Shard], _ metadata: [(key: String, value: String)]) -> [UInt8] {
        let total = shards.flatMap(\.weights).map(\.byteCount).reduce(0, +)
        var facts = [JSONDocument.Member("total_size", .integer(total))]
        facts += metadata.map { JSONDocument.Member(ByteString($0.key), .string($0.value)) }
        let files = shards.flatMap { shard in
            shard.weights.map { JSONDocument.Member($0.name, .string(shard.fileName)) }
        }.sorted { $0.key < $1.key }
        let index: JSONDocument = ["metadata": .object(facts), "weight_map": .object(files)]
        return JSONWriter.bytes(of: index, style: .indented) + Array("\n".utf8)
    }
}

extension CheckpointWeight {
    /// The number of bytes of the tensor in the output.
    var byteCount: Int { plan.shape.elementCount * plan.elementType.byteCount }
}

extension StoredType {
    /// The type in safetensors of a type of weights.
    init(_ elementType: ElementType) {
        self =
            switch elementType {
            case .float64: .float64
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            case .int8: .int8
            }
    }
}
