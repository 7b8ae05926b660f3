import SkipFiles
import SkipModel

/// One adapter on its way into the model: its tensors as sources, its updates with their scales, and the counts.
struct AdapterTensors {
    let adapter: ParsedAdapter
    /// The graph's index of the adapter's first file.
    let firstSource: Int
    var applied: MergedAdapter

    init(of adapter: ParsedAdapter, firstSource: Int) {
        self.adapter = adapter
        self.firstSource = firstSource
        applied = MergedAdapter(adapter)
    }

    /// An error at a tensor of the adapter.
    func error(_ rule: InputRule, _ stored: ByteString, found: String, required: String = "") -> InputError {
        let located = adapter.checkpoint[stored]
        return InputError(
            rule, file: located.map(adapter.checkpoint.path(of:)) ?? adapter.path,
            at: .tensor(stored, headerOffset: located?.tensor.headerOffset), found: found, required: required)
    }

    func withoutBase(_ stored: ByteString, _ name: ByteString) -> InputError {
        error(.adapterWithoutBase, stored, found: "no tensor \"\(name)\" in the model")
    }

    /// A tensor of the adapter, which must be of floats.
    func source(_ stored: ByteString) throws(InputError) -> SourceTensor {
        guard let located = adapter.checkpoint[stored] else {
            throw error(.adapterIncomplete, stored, found: "no such tensor")
        }
        guard let elementType = located.tensor.storedType.elementType,
            case .stored(let source) = adapter.checkpoint.plan(
                for: located, elementType: elementType, sourceIndexBase: firstSource)
        else {
            throw error(.tensorElementType, stored, found: located.tensor.storedType.rawValue, required: "a float type")
        }
        return source
    }

    // MARK: Products

    /// What the adapter does to a module's weight.
    mutating func update(of module: ParsedAdapter.Module) throws(InputError) -> LowRankUpdate {
        let update = try tensors(of: module)
        let scale = try effectiveScale(of: module)
        applied.count(rank: update.loraA.shape.rowCount, alpha: try alpha(of: module), effectiveScale: scale)
        if update.magnitude != nil { applied.usesMagnitudes = true }
        return LowRankUpdate(
            form: update.form, loraA: update.loraA, loraB: update.loraB, scale: Float(scale),
            magnitude: update.magnitude)
    }

    /// A module's tensors, checked against each other and the configuration; the scale is not in yet.
    func tensors(of module: ParsedAdapter.Module) throws(InputError) -> LowRankUpdate {
        let form: LowRankUpdate.Form =
            module.part(.loraEmbeddingA) ?? module.part(.loraEmbeddingB) == nil ? .linear : .embedding
        let (loraA, loraB) = try factors(of: module, form)
        let magnitude = try magnitude(of: module, form)
        try checkBias(of: module)
        try checkLayer(of: module)
        let update = LowRankUpdate(form: form, loraA: loraA, loraB: loraB, scale: 1, magnitude: magnitude)
        if let magnitude, update.shape == nil {
            throw error(
                .adapterShape, magnitude.name, found: "shape \(magnitude.shape)",
                required: "[\(loraB.shape.dimensions[0])], the rows of B")
        }
        return update
    }

    /// A and B: both there, matrices, and of one rank, which is the one that the configuration says.
    private func factors(of module: ParsedAdapter.Module, _ form: LowRankUpdate.Form) throws(InputError) -> (
        SourceTensor, SourceTensor
    ) {
        let kinds: (TrainingName.Kind, TrainingName.Kind) =
            form == .linear ? (.loraA, .loraB) : (.loraEmbeddingA, .loraEmbeddingB)
        guard let storedA = module.part(kinds.0), let storedB = module.part(kinds.1) else {
            let present = module.part(kinds.0) ?? module.part(kinds.1) ?? module.parts[0].stored
            let missing = module.part(kinds.0) == nil ? "A" : "B"
            throw error(
                .adapterIncomplete, present,
                found: "no lora_\(form == .linear ? "" : "embedding_")\(missing) beside it", required: "A and B")
        }
        if form == .embedding, let other = module.part(.loraA) ?? module.part(.loraB) {
            throw error(
                .adapterContradiction, other, found: "lora_embedding_A and lora_A for one module",
                required: "one kind")
        }
        let (loraA, loraB) = (try source(storedA), try source(storedB))
        for factor in [loraA, loraB] where factor.shape.dimensions.count != 2 {
            throw error(.adapterShape, factor.name, found: "shape \(factor.shape)", required: "two dimensions")
        }
        let rank = loraA.shape.dimensions[0]
        if !(1...AdapterLimits.maximumRank).contains(rank) {
            throw error(
                .adapterShape, storedA, found: "shape \(loraA.shape)",
                required: "a rank from 1 to \(AdapterLimits.maximumRank)")
        }
        if loraB.shape.dimensions[1] != rank {
            throw error(
                .adapterShape, storedB, found: "shape \(loraB.shape)",
                required: "\(rank) columns, the rank of \"\(storedA)\"")
        }
        if let declared = adapter.configuration?.rank(of: module.name), declared != rank {
            throw error(
                .adapterRank, storedA, found: "rank \(rank)", required: "\(declared), as adapter_config.json says")
        }
        return (loraA, loraB)
    }

    private func magnitude(of module: ParsedAdapter.Module, _ form: LowRankUpdate.Form) throws(InputError)
        -> SourceTensor?
    {
        let stored = module.part(.loraMagnitude)
        if let declared = adapter.configuration?.usesMagnitudes, declared != (stored != nil) {
            if let stored {
                throw error(.adapterContradiction, stored, found: "a magnitude", required: "none: use_dora is false")
            }
            throw error(
                .adapterIncomplete, module.parts[0].stored, found: "no lora_magnitude_vector beside it",
                required: "one: use_dora is true")
        }
        guard let stored else { return nil }
        if form == .embedding {
            throw error(
                .adapterUnsupported, stored, found: "DoRA on an embedding", required: "DoRA on linear layers only")
        }
        return try source(stored)
    }

    private func checkBias(of module: ParsedAdapter.Module) throws(InputError) {
        let stored = module.part(.loraBias)
        guard let declared = adapter.configuration?.addsToBiases, declared != (stored != nil) else { return }
        if let stored {
            throw error(.adapterContradiction, stored, found: "a bias", required: "none: lora_bias is false")
        }
        throw error(
            .adapterIncomplete, module.parts[0].stored, found: "no lora_B.bias beside it",
            required: "one: lora_bias is true")
    }

    private func checkLayer(of module: ParsedAdapter.Module) throws(InputError) {
        guard let layers = adapter.configuration?.layers, let layer = LayerTensorName(module.weightName)?.layer,
            !layers.contains(layer)
        else { return }
        throw error(
            .adapterContradiction, module.parts[0].stored, found: "a tensor of layer \(layer)",
            required: "layers that layers_to_transform names")
    }

    // MARK: Scale

    private func alpha(of module: ParsedAdapter.Module) throws(InputError) -> Double {
        if let configuration = adapter.configuration { return configuration.alpha(of: module.name) }
        guard let alpha = adapter.givenAlpha else {
            throw InputError(
                .adapterAlphaMissing, file: adapter.path, found: "LoRA tensors without adapter_config.json")
        }
        return alpha
    }

    /// The factor on the product: alpha over rank, or over its square root, times the user's scale.
    func effectiveScale(of module: ParsedAdapter.Module) throws(InputError) -> Double {
        let stored = module.part(.loraA) ?? module.part(.loraEmbeddingA) ?? module.parts[0].stored
        let rank = Double(try source(stored).shape.dimensions[0])
        let divisor = applied.usesRankStabilizedScale ? rank.squareRoot() : rank
        return adapter.scale * (try alpha(of: module)) / divisor
    }
}
