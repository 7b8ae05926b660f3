import SkipFiles

/// A checkpoint's tensors by what they are, whatever training called them.
struct NamedCheckpoint {
    let checkpoint: Checkpoint
    /// Weights of the model and its routers: the stored name of each canonical one.
    private(set) var weights: [ByteString: ByteString] = [:]
    /// Parts of an adapter that the checkpoint holds beside the weights, in byte order of their stored names.
    private(set) var adapterParts: [AdapterPart] = []

    /// A tensor of an adapter.
    struct AdapterPart: Equatable {
        let stored: ByteString
        let name: TrainingName
    }

    /// Two names for one tensor are an error.
    init(_ checkpoint: Checkpoint) throws(InputError) {
        self.checkpoint = checkpoint
        for stored in checkpoint.names {
            let name = TrainingName(stored)
            switch name.kind {
            case .base, .originalModule:
                if let other = weights.updateValue(stored, forKey: name.canonical) {
                    throw error(.tensorDuplicate, stored, found: "the same tensor as \"\(other)\"")
                }
            default: adapterParts.append(AdapterPart(stored: stored, name: name))
            }
        }
    }

    /// The tensor of a canonical name.
    subscript(canonical: ByteString) -> Checkpoint.LocatedTensor? { weights[canonical].flatMap { checkpoint[$0] } }

    /// Canonical names, in byte order.
    var names: [ByteString] { weights.keys.sorted() }

    /// An error at a tensor, by its stored name.
    func error(_ rule: InputRule, _ stored: ByteString, found: String, required: String = "") -> InputError {
        let located = checkpoint[stored]
        return InputError(
            rule, file: located.map(checkpoint.path(of:)) ?? "",
            at: .tensor(stored, headerOffset: located?.tensor.headerOffset), found: found, required: required)
    }
}
