import SkipFiles

/// The tensors of a checkpoint by their canonical names, which do not depend on the training framework.
struct NamedCheckpoint {
    let checkpoint: Checkpoint
    /// Weights of the model and its routers: canonical name to stored name.
    private(set) var weights: [ByteString: ByteString] = [:]
    /// Parts of an adapter in the checkpoint, in byte order of their stored names.
    private(set) var adapterParts: [AdapterPart] = []

    /// A tensor of an adapter: its stored name, and that name parsed.
    struct AdapterPart: Equatable {
        let stored: ByteString
        let name: TrainingName
    }

    /// Parses all names. Throws if two names have the same canonical form.
    init(_ checkpoint: Checkpoint) throws(InputError) {
        self.checkpoint = checkpoint
        for stored in checkpoint.names {
            let name = TrainingName(stored)
            switch name.kind {
            case .base, .originalModule:
                if let other = weights.updateValue(stored, forKey: name.canonical) {
                    throw checkpoint.error(
                        .tensorDuplicate, at: stored, found: "the same tensor as \"\(other)\"")
                }
            default: adapterParts.append(AdapterPart(stored: stored, name: name))
            }
        }
    }

    /// The tensor with a canonical name; nil if there is none.
    subscript(canonical: ByteString) -> Checkpoint.LocatedTensor? { weights[canonical].flatMap { checkpoint[$0] } }

    /// Canonical names, in byte order.
    var names: [ByteString] { weights.keys.sorted() }
}
