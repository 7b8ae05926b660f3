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

    /// Returns the error of a checkpoint that holds only an adapter or only routers; nil if it may be a model.
    func modelFault() -> InputError? {
        if weights.keys.contains(where: { Self.isOfLayer($0) && !RouterTensorName.belongsToRouter($0) }) { return nil }
        let file = checkpoint.files.first?.path ?? ""
        if !adapterParts.isEmpty {
            return InputError(.adapterAsModel, file: file, found: Self.tensors(adapterParts.count))
        }
        let routerCount = weights.keys.count(where: RouterTensorName.belongsToRouter)
        return routerCount == 0 || routerCount < weights.count
            ? nil : InputError(.routersOnly, file: file, found: Self.tensors(routerCount))
    }

    /// Returns the error of a file of tensors without LoRA that is given as an adapter; nil if it holds parts of one, or
    /// nothing that is known.
    func adapterFault() -> InputError? {
        guard adapterParts.isEmpty else { return nil }
        let file = checkpoint.files.first?.path ?? ""
        let routerCount = weights.keys.count(where: RouterTensorName.belongsToRouter)
        if routerCount > 0, routerCount == weights.count {
            return InputError(.routersOnly, file: file, found: Self.tensors(routerCount))
        }
        return weights.keys.contains(where: Self.isOfLayer)
            ? InputError(.modelAsAdapter, file: file, found: Self.tensors(weights.count)) : nil
    }

    private static func tensors(_ count: Int) -> String { count == 1 ? "1 tensor" : "\(count) tensors" }

    /// Whether a name has a number as a component, as those of layers have in every family.
    private static func isOfLayer(_ name: ByteString) -> Bool {
        name.bytes.split(separator: UInt8(ascii: ".")).contains { component in
            component.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// Canonical names, in byte order.
    var names: [ByteString] { weights.keys.sorted() }
}
