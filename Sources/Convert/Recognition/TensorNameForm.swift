import SkipFiles
import SkipModel

/// Recognizes what a set of tensors is by their names and shapes, where they cannot be those of a float model, before the
/// first tensor that does not fit is reported.
///
/// It reports only sets that no input may hold, so that it never refuses what would be read.
struct TensorNameForm {
    /// A tensor, as its file declares it.
    struct Tensor {
        let name: ByteString
        let shape: TensorShape
        let file: String
        let headerOffset: Int?
    }

    private let tensors: [Tensor]
    /// The directory whose `config.json` describes the tensors.
    private let directory: String

    init(_ tensors: [Tensor], directory: String) {
        self.tensors = tensors
        self.directory = directory
    }

    /// Returns the error of a model's checkpoint; nil if the names may be those of a float model.
    func modelFault() -> InputError? { quantizationFault() ?? emptyFault() ?? foreignNamesFault() }

    /// Returns the error of an adapter's file; nil if the names may be those of an adapter.
    func adapterFault() -> InputError? { foreignAdapterFault() ?? emptyFault() ?? quantizationFault() }

    // MARK: Quantized checkpoints

    private func quantizationFault() -> InputError? {
        var lastComponents: Set<ByteString> = []
        for tensor in tensors { lastComponents.insert(Self.lastComponent(of: tensor.name)) }
        guard let (method, evidence) = QuantizationMethod.recognized(in: lastComponents),
            let tensor = tensors.first(where: { Self.lastComponent(of: $0.name) == evidence })
        else { return nil }
        let record = QuantizationRecord.beside(directory, method: method)
        return InputError(
            .quantizedCheckpoint, file: tensor.file,
            found: "\(record?.description ?? method.displayName), with \"\(tensor.name)\"")
    }

    private static func lastComponent(of name: ByteString) -> ByteString {
        let bytes = name.bytes
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return name }
        return ByteString(bytes: Array(bytes[(dot + 1)...]))
    }

    // MARK: Tensors without elements

    /// ZeRO 3 leaves tensors of shape [0] in place of the parameters that other processes hold.
    private func emptyFault() -> InputError? {
        let empty = tensors.filter { tensor in
            guard tensor.shape.dimensions == [0] else { return false }
            let name = tensor.name.bytes
            return Self.contains(name, "layers.")
                && (name.reversed().starts(with: ".weight".utf8.reversed()) || Self.contains(name, ".lora_"))
        }
        guard let first = empty.first else { return nil }
        return InputError(
            .emptyTensors, file: first.file, found: "\(empty.count) of \(tensors.count) tensors")
    }

    // MARK: Names of other formats

    /// The number of names that are compared with those of other formats, in which all names differ from the usual ones.
    private static let sampleCount = 64

    private func foreignNamesFault() -> InputError? {
        for tensor in tensors.prefix(Self.sampleCount) {
            let name = tensor.name.bytes
            if name.starts(with: "tok_embeddings.".utf8) || Self.contains(name, ".attention.wq.") {
                return error(.metaCheckpoint, at: tensor)
            }
            if Self.contains(name, "flat_param") { return error(.distributedShards, at: tensor) }
            if Self.contains(name, "self_attention.linear_qkv.") || name.starts(with: "language_model.encoder.".utf8) {
                return error(.megatronShards, at: tensor)
            }
        }
        return nil
    }

    private func foreignAdapterFault() -> InputError? {
        for tensor in tensors.prefix(Self.sampleCount) {
            let name = tensor.name.bytes
            if [".lora_a", ".lora_b"].contains(where: { name.reversed().starts(with: $0.utf8.reversed()) }) {
                return InputError(.mlxAdapter, file: tensor.file, found: "\"\(tensor.name)\"")
            }
            if ["lora_unet_", "lora_te_", "lora_te1_", "lora_transformer_"].contains(where: {
                name.starts(with: $0.utf8)
            })
                || [".lora_down.weight", ".lora_up.weight", ".lora.down.weight", ".hada_w1_a", ".lokr_w1"].contains(
                    where: { Self.contains(name, $0) })
            {
                return InputError(.foreignAdapter, file: tensor.file, found: "\"\(tensor.name)\"")
            }
        }
        return nil
    }

    private func error(_ rule: InputRule, at tensor: Tensor, found: String = "") -> InputError {
        InputError(rule, file: tensor.file, at: .tensor(tensor.name, headerOffset: tensor.headerOffset), found: found)
    }

    private static func contains(_ name: [UInt8], _ part: String) -> Bool {
        let part = Array(part.utf8)
        guard name.count >= part.count else { return false }
        return (0...name.count - part.count).contains { name[$0..<$0 + part.count].elementsEqual(part) }
    }
}
