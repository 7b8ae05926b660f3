import SkipFiles
import SkipModel

/// The tensors of an adapter as sources of plans, checked against each other and the configuration, and their scales.
struct AdapterTensors {
    let adapter: ParsedAdapter
    /// The index of the adapter's first file among the sources of the graph.
    let firstSource: Int

    /// The factors of a module's product.
    struct Scale {
        let alpha: Double
        /// The factor on the product: alpha over rank, or over its square root, times the user's scale.
        let effective: Double
    }

    /// Returns a tensor of the adapter, which must have a float type.
    func source(_ stored: ByteString) throws(InputError) -> SourceTensor {
        let checkpoint = adapter.checkpoint
        guard let located = checkpoint[stored] else {
            throw checkpoint.error(.adapterIncomplete, at: stored, found: "no such tensor")
        }
        guard let elementType = located.tensor.storedType.elementType,
            case .stored(let source) = checkpoint.plan(
                for: located, elementType: elementType, sourceIndexBase: firstSource)
        else {
            throw checkpoint.error(
                .tensorElementType, at: stored, found: located.tensor.storedType.rawValue, required: "a float type")
        }
        return source
    }

    /// Returns the scale of a module's product. Throws if neither the configuration nor the user states an alpha.
    func scale(of module: ParsedAdapter.Module) throws(InputError) -> Scale {
        guard let alpha = adapter.configuration?.alpha(of: module.nameInPEFT) ?? adapter.givenAlpha else {
            throw InputError(
                .adapterAlphaMissing, file: adapter.path, found: "LoRA tensors without adapter_config.json")
        }
        let stored = module.part(.loraA) ?? module.part(.loraEmbeddingA) ?? module.parts[0].stored
        let rank = Double(try source(stored).shape.dimensions[0])
        let divisor = adapter.configuration?.usesRankStabilizedScale == true ? rank.squareRoot() : rank
        return Scale(alpha: alpha, effective: adapter.scale * alpha / divisor)
    }

    // MARK: Products

    /// Returns what the adapter adds to the weight of a module, with a scale of 1.
    func unscaledUpdate(of module: ParsedAdapter.Module) throws(InputError) -> LowRankUpdate {
        let form: LowRankUpdate.Form =
            module.part(.loraEmbeddingA) ?? module.part(.loraEmbeddingB) == nil ? .linear : .embedding
        let (loraA, loraB) = try factors(of: module, form)
        let magnitude = try magnitude(of: module, form)
        try checkBias(of: module)
        let update = LowRankUpdate(form: form, loraA: loraA, loraB: loraB, scale: 1, magnitude: magnitude)
        if let magnitude, update.shape == nil {
            throw adapter.checkpoint.error(
                .adapterShape, at: magnitude.name, found: "shape \(magnitude.shape)",
                required: "[\(loraB.shape.dimensions[0])], the rows of B")
        }
        return update
    }

    /// Returns A and B after these checks: both are present, are matrices, and have the rank that the configuration
    /// states.
    private func factors(of module: ParsedAdapter.Module, _ form: LowRankUpdate.Form) throws(InputError) -> (
        SourceTensor, SourceTensor
    ) {
        let kinds: (TrainingName.Kind, TrainingName.Kind) =
            form == .linear ? (.loraA, .loraB) : (.loraEmbeddingA, .loraEmbeddingB)
        guard let storedA = module.part(kinds.0), let storedB = module.part(kinds.1) else {
            let present = module.part(kinds.0) ?? module.part(kinds.1) ?? module.parts[0].stored
            let missing = module.part(kinds.0) == nil ? "A" : "B"
            throw adapter.checkpoint.error(
                .adapterIncomplete, at: present,
                found: "no lora_\(form == .linear ? "" : "embedding_")\(missing) for this module", required: "A and B")
        }
        if form == .embedding, let other = module.part(.loraA) ?? module.part(.loraB) {
            throw adapter.checkpoint.error(
                .adapterContradiction, at: other, found: "lora_embedding_A and lora_A for one module",
                required: "one of the two")
        }
        let (loraA, loraB) = (try source(storedA), try source(storedB))
        for factor in [loraA, loraB] where factor.shape.dimensions.count != 2 {
            throw adapter.checkpoint.error(
                .adapterShape, at: factor.name, found: "shape \(factor.shape)", required: "two dimensions")
        }
        let rank = loraA.shape.dimensions[0]
        if !(1...AdapterLimits.maximumRank).contains(rank) {
            throw adapter.checkpoint.error(
                .adapterShape, at: storedA, found: "shape \(loraA.shape)",
                required: "a rank from 1 to \(AdapterLimits.maximumRank)")
        }
        if loraB.shape.dimensions[1] != rank {
            throw adapter.checkpoint.error(
                .adapterShape, at: storedB, found: "shape \(loraB.shape)",
                required: "\(rank) columns, the rank of \"\(storedA)\"")
        }
        if let declared = adapter.configuration?.rank(of: module.nameInPEFT), declared != rank {
            throw adapter.checkpoint.error(
                .adapterRank, at: storedA, found: "rank \(rank)", required: "\(declared), as adapter_config.json states"
            )
        }
        return (loraA, loraB)
    }

    private func magnitude(of module: ParsedAdapter.Module, _ form: LowRankUpdate.Form) throws(InputError)
        -> SourceTensor?
    {
        let stored = module.part(.loraMagnitude)
        if let declared = adapter.configuration?.usesMagnitudes, declared != (stored != nil) {
            if let stored {
                throw adapter.checkpoint.error(
                    .adapterContradiction, at: stored, found: "a magnitude", required: "none, because use_dora is false"
                )
            }
            throw adapter.checkpoint.error(
                .adapterIncomplete, at: module.parts[0].stored, found: "no lora_magnitude_vector for this module",
                required: "one, because use_dora is true")
        }
        guard let stored else { return nil }
        if form == .embedding {
            throw adapter.checkpoint.error(
                .adapterUnsupported, at: stored, found: "DoRA on an embedding", required: "DoRA on linear layers only")
        }
        return try source(stored)
    }

    private func checkBias(of module: ParsedAdapter.Module) throws(InputError) {
        let stored = module.part(.loraBias)
        guard let declared = adapter.configuration?.addsToBiases, declared != (stored != nil) else { return }
        if let stored {
            throw adapter.checkpoint.error(
                .adapterContradiction, at: stored, found: "a bias", required: "none, because lora_bias is false")
        }
        throw adapter.checkpoint.error(
            .adapterIncomplete, at: module.parts[0].stored, found: "no lora_B.bias for this module",
            required: "one, because lora_bias is true")
    }
}
