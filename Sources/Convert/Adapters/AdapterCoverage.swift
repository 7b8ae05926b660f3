import SkipFiles

/// Compares what an adapter's configuration asks for in a model with the tensors that the adapter has.
struct AdapterCoverage {
    let adapter: ParsedAdapter
    /// The weights before the adapter is merged.
    let table: WeightTable
    /// The output head that shares the embedding's weights, and so is not in the table.
    let tiedHead: ByteString?

    /// Throws if a module of the model that `modules_to_save` names has no tensor in the adapter.
    func checkSavedModules() throws(InputError) {
        guard let configuration = adapter.configuration, !configuration.savedModules.isEmpty else { return }
        let replaced = Set(adapter.replacements.map(\.name))
        for name in table.names + (tiedHead.map { [$0] } ?? [])
        where !replaced.contains(name) && ParsedAdapter.isSaved(name, configuration.savedModules) {
            throw InputError(
                .adapterIncomplete, file: adapter.path, found: "no tensor \"\(name)\"",
                required: "every tensor of the modules in modules_to_save")
        }
    }

    /// Throws if the adapter has LoRA on a head that it ties to an adapted embedding. PEFT's merge adds the product
    /// twice to the weight that both share, which is not the model that was trained.
    func checkTiedHead() throws(InputError) {
        guard let tiedHead, adapter.configuration?.keepsWeightsTied == true else { return }
        let stored = adapter.modules.flatMap(\.parts).map(\.stored) + adapter.notTargeted
        if let part = stored.first(where: { TrainingName($0).kind != .base && TrainingName($0).canonical == tiedHead })
        {
            throw adapter.checkpoint.error(
                .adapterUnsupported, at: part, found: "LoRA on the head with ensure_weight_tying",
                required: "LoRA on the embedding only")
        }
    }

    /// Returns the names of the model's modules that the configuration targets and that have no tensors in the adapter.
    /// Throws if the configuration targets no module of the model, which PEFT refuses.
    func modulesWithoutTensors() throws(InputError) -> [ByteString] {
        guard let rule = adapter.configuration?.targets else { return [] }
        let adapted = Set(adapter.modules.map(\.name))
        // Under other names the model had wrappers that the checkpoint does not show.
        guard adapter.modules.allSatisfy({ $0.name == $0.nameInPEFT }) else { return [] }
        let modules = matrixModules
        try adapter.checkMatchCost(modules)
        let untouched = modules.filter { !adapted.contains($0) && rule.includes($0) }
        if case .none = rule.targets { return [] }
        if adapted.isEmpty, untouched.isEmpty {
            throw adapter.notTargetedError(found: "a configuration that targets no module of the model")
        }
        return untouched.filter { Self.weight(of: $0) != tiedHead }
    }

    /// The modules of the model that have a matrix.
    private var matrixModules: [ByteString] {
        let names = table.names.filter { table[$0]?.shape.dimensions.count == 2 } + (tiedHead.map { [$0] } ?? [])
        return names.compactMap { name in
            let ending = Array(".weight".utf8)
            return name.bytes.suffix(ending.count).elementsEqual(ending)
                ? ByteString(bytes: Array(name.bytes.dropLast(ending.count))) : nil
        }
    }

    private static func weight(of module: ByteString) -> ByteString {
        ByteString(bytes: module.bytes + Array(".weight".utf8))
    }
}
