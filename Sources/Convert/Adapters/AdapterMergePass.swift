import SkipFiles
import SkipModel

/// Rewrites the plans of weights so that adapters are merged into them, as PEFT merges.
///
/// Every tensor of an adapter takes effect or is an error: one that changes nothing in the model is never dropped.
struct AdapterMergePass {
    private(set) var table: WeightTable
    private(set) var applied: [MergedAdapter] = []
    /// The embedding and the head that is tied to it; nil where they are apart. A merge can part them.
    private(set) var tie: EmbeddingTie?
    /// Weights that an adapter replaced, with its path: no other may replace them again.
    private var replaced: [ByteString: String] = [:]

    /// Names of an embedding and of the output head that shares its weights.
    struct EmbeddingTie {
        let embedding: ByteString
        let head: ByteString
    }

    init(table: WeightTable, tie: EmbeddingTie?) {
        self.table = table
        self.tie = tie
        if let tie { self.table.remove(tie.head, .tiedHead) }
    }

    /// Opens an adapter, takes in its files and merges it.
    mutating func apply(_ input: AdapterInput, givenAlpha: Double?, checksums: ChecksumPolicy) throws(InputError) {
        let adapter = try ParsedAdapter.open(input, givenAlpha: givenAlpha, checksums: checksums)
        try apply(adapter, firstSource: table.addFiles(of: adapter.checkpoint))
    }

    /// Merges an adapter whose first file is source `firstSource`.
    mutating func apply(_ adapter: ParsedAdapter, firstSource: Int) throws(InputError) {
        var merge = AdapterTensors(of: adapter, firstSource: firstSource)
        for replacement in adapter.replacements { try replace(replacement, &merge) }
        for module in adapter.modules {
            try adapt(module, &merge)
            if let bias = module.part(.loraBias) { try shift(module, bias, &merge) }
        }
        applied.append(merge.applied)
    }

    // MARK: What is added

    private mutating func adapt(_ module: ParsedAdapter.Module, _ merge: inout AdapterTensors) throws(InputError) {
        var name = module.weightName
        if let tie, name == tie.head {
            if merge.adapter.configuration?.keepsWeightsTied == true {
                throw merge.error(
                    .adapterUnsupported, module.parts[0].stored, found: "LoRA on the head with ensure_weight_tying",
                    required: "LoRA on the embedding alone")
            }
            // PEFT adds to the weight itself, which a tied head shares with the embedding.
            name = tie.embedding
        }
        guard let weight = table[name] else { throw merge.withoutBase(module.parts[0].stored, name) }
        guard let plan = weight.plan else {
            throw weight.error(.tensorElementType, found: weight.storedType.rawValue, required: "a float type")
        }
        let update = try merge.update(of: module)
        guard update.shape == weight.shape else {
            throw merge.error(
                .adapterShape, update.loraB.name,
                found: "a product of shape \(update.shape?.description ?? "unknown")",
                required: "\(weight.shape), the shape of \"\(weight.storedName)\"")
        }
        table.setPlan(.adapted(plan, by: update), of: name)
        for part in module.parts where part.kind != .loraBias { take(part.stored, into: name, &merge) }
    }

    private mutating func shift(_ module: ParsedAdapter.Module, _ stored: ByteString, _ merge: inout AdapterTensors)
        throws(InputError)
    {
        guard let weight = table[module.biasName], let plan = weight.plan else {
            throw merge.withoutBase(stored, module.biasName)
        }
        let addend = try merge.source(stored)
        try check(addend, stored, fits: weight, merge)
        let scale = try merge.effectiveScale(of: module)
        table.setPlan(.shifted(plan, by: addend, scale: Float(scale)), of: module.biasName)
        take(stored, into: module.biasName, &merge)
    }

    private mutating func take(_ stored: ByteString, into name: ByteString, _ merge: inout AdapterTensors) {
        table.record(stored, of: merge.adapter.checkpoint, .merged(into: name))
        merge.applied.appliedCount += 1
    }

    // MARK: What takes another's place

    private mutating func replace(_ replacement: ParsedAdapter.Replacement, _ merge: inout AdapterTensors) throws(InputError) {
        if replacement.isSavedModule, merge.adapter.scale != 1 {
            throw merge.error(
                .adapterUnsupported, replacement.stored,
                found: "a tensor that takes another's place, with the scale \(merge.adapter.scale)",
                required: "the scale 1: only what is added can be scaled")
        }
        if let other = replaced.updateValue(merge.adapter.path, forKey: replacement.name) {
            throw merge.error(
                .adapterTwice, replacement.stored, found: "\"\(replacement.name)\", which \(ByteString(other)) replaced"
            )
        }
        merge.applied.appliedCount += 1
        merge.applied.replacedCount += 1
        if let tie, replacement.name == tie.head || replacement.name == tie.embedding {
            return try replaceTied(replacement, tie, &merge)
        }
        if let weight = table[replacement.name] {
            try check(try merge.source(replacement.stored), replacement.stored, fits: weight, merge)
            table.remove(replacement.name, .replacedByAdapter)
        } else if !RouterTensorName.belongsToRouter(replacement.name) {
            throw merge.withoutBase(replacement.stored, replacement.name)
        }
        set(replacement.name, to: replacement, merge)
    }

    /// Replaces an embedding or a head that are tied. A saved module parts them, unless the adapter keeps them tied: the
    /// one that is not replaced keeps the weights that both had. What was loaded in place changes both.
    private mutating func replaceTied(
        _ replacement: ParsedAdapter.Replacement, _ tie: EmbeddingTie, _ merge: inout AdapterTensors
    ) throws(InputError) {
        guard let shared = table[tie.embedding] else { throw merge.withoutBase(replacement.stored, tie.embedding) }
        try check(try merge.source(replacement.stored), replacement.stored, fits: shared, merge)
        let parts = replacement.isSavedModule && merge.adapter.configuration?.keepsWeightsTied != true
        if parts {
            if replacement.name == tie.embedding { table.rename(tie.embedding, to: tie.head) }
            self.tie = nil
            set(replacement.name, to: replacement, merge)
        } else if replacement.name == tie.head,
            merge.adapter.replacements.contains(where: { $0.name == tie.embedding })
        {
            table.record(replacement.stored, of: merge.adapter.checkpoint, .leftOut(.tiedHead))
        } else {
            table.remove(tie.embedding, .replacedByAdapter)
            set(tie.embedding, to: replacement, merge)
        }
    }

    private mutating func set(_ name: ByteString, to replacement: ParsedAdapter.Replacement, _ merge: AdapterTensors) {
        table.set(name, to: replacement.stored, of: merge.adapter.checkpoint, firstSource: merge.firstSource)
    }

    private func check(
        _ tensor: SourceTensor, _ stored: ByteString, fits weight: WeightTable.Weight, _ merge: AdapterTensors
    ) throws(InputError) {
        if tensor.shape != weight.shape {
            throw merge.error(
                .adapterShape, stored, found: "shape \(tensor.shape)",
                required: "\(weight.shape), the shape of \"\(weight.storedName)\"")
        }
    }
}
