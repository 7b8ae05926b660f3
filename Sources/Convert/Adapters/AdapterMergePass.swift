import SkipFiles
import SkipModel

/// Rewrites the plans of weights so that adapters are merged into them in the same way as PEFT merges.
///
/// Every tensor of an adapter changes the model, unless its configuration does not target the tensor's module.
struct AdapterMergePass {
    /// The weights with the adapters merged so far.
    private(set) var table: WeightTable
    /// The records of the merged adapters, in order.
    private(set) var applied: [MergedAdapter] = []
    /// The embedding and the output head tied to it; nil if they are separate. A merge can separate them.
    private(set) var tie: EmbeddingTie?
    /// Weights that an adapter replaced, with the adapter's path. No other adapter may replace them.
    private var replaced: [ByteString: String] = [:]

    /// The names of an embedding and of the output head that shares its weights.
    struct EmbeddingTie {
        let embedding: ByteString
        let head: ByteString
    }

    init(table: WeightTable, tie: EmbeddingTie?) {
        self.table = table
        self.tie = tie
        if let tie { self.table.remove(tie.head, .tiedHead) }
    }

    /// Opens an adapter, adds its files to the sources and merges it.
    mutating func apply(_ input: AdapterInput, givenAlpha: Double?, checksums: ChecksumPolicy) throws(InputError) {
        let adapter = try ParsedAdapter.open(input, givenAlpha: givenAlpha, checksums: checksums)
        try apply(adapter, firstSource: table.addFiles(of: adapter.checkpoint))
    }

    /// Merges an adapter whose first file is source `firstSource`.
    mutating func apply(_ adapter: ParsedAdapter, firstSource: Int) throws(InputError) {
        let tensors = AdapterTensors(adapter: adapter, firstSource: firstSource)
        var record = MergedAdapter(adapter)
        let coverage = AdapterCoverage(adapter: adapter, table: table, tiedHead: tie?.head)
        try coverage.checkSavedModules()
        try coverage.checkTiedHead()
        record.modulesWithoutTensors = try coverage.modulesWithoutTensors().map(\.description)
        for stored in adapter.notTargeted { table.record(stored, of: adapter.checkpoint, .leftOut(.notTargeted)) }
        for replacement in adapter.replacements { try replace(replacement, tensors, &record) }
        for module in adapter.modules {
            try adapt(module, tensors, &record)
            if let bias = module.part(.loraBias) { try shift(module, bias, tensors, &record) }
        }
        applied.append(record)
    }

    // MARK: Added products

    private mutating func adapt(
        _ module: ParsedAdapter.Module, _ tensors: AdapterTensors, _ record: inout MergedAdapter
    ) throws(InputError) {
        let checkpoint = tensors.adapter.checkpoint
        var name = module.weightName
        if let tie, name == tie.head {
            // PEFT adds to the weight itself, which a tied head shares with the embedding.
            name = tie.embedding
        }
        guard let weight = table[name] else { throw missingWeight(name, module.parts[0].stored, tensors) }
        guard let plan = weight.plan else {
            throw weight.error(.tensorElementType, found: weight.storedType.rawValue, required: "a float type")
        }
        let update = try tensors.unscaledUpdate(of: module)
        let scale = try tensors.scale(of: module)
        guard update.shape == weight.shape else {
            throw checkpoint.error(
                .adapterShape, at: update.loraB.name,
                found: "a product of shape \(update.shape?.description ?? "unknown")",
                required: "\(weight.shape), the shape of \"\(weight.storedName)\"")
        }
        let scaled = LowRankUpdate(
            form: update.form, loraA: update.loraA, loraB: update.loraB, scale: Float(scale.effective),
            magnitude: update.magnitude)
        table.setPlan(.adapted(plan, by: scaled), of: name)
        record.count(scaled, alpha: scale.alpha, effectiveScale: scale.effective)
        for part in module.parts where part.kind != .loraBias { merge(part.stored, into: name, tensors, &record) }
    }

    /// Adds a part of the adapter to the bias of a module.
    private mutating func shift(
        _ module: ParsedAdapter.Module, _ stored: ByteString, _ tensors: AdapterTensors, _ record: inout MergedAdapter
    ) throws(InputError) {
        guard let weight = table[module.biasName], let plan = weight.plan else {
            throw missingWeight(module.biasName, stored, tensors)
        }
        let addend = try checkedSource(stored, fits: weight, tensors)
        let scale = try tensors.scale(of: module).effective
        table.setPlan(.shifted(plan, by: addend, scale: Float(scale)), of: module.biasName)
        merge(stored, into: module.biasName, tensors, &record)
    }

    private mutating func merge(
        _ stored: ByteString, into name: ByteString, _ tensors: AdapterTensors, _ record: inout MergedAdapter
    ) {
        table.record(stored, of: tensors.adapter.checkpoint, .merged(into: name))
        record.appliedCount += 1
    }

    // MARK: Replaced weights

    private mutating func replace(
        _ replacement: ParsedAdapter.Replacement, _ tensors: AdapterTensors, _ record: inout MergedAdapter
    ) throws(InputError) {
        let adapter = tensors.adapter
        if replacement.isSavedModule, adapter.scale != 1 {
            throw adapter.checkpoint.error(
                .adapterUnsupported, at: replacement.stored,
                found: "a tensor that replaces a weight, with the scale \(adapter.scale)",
                required: "the scale 1, because only added tensors can be scaled")
        }
        if let other = replaced.updateValue(adapter.path, forKey: replacement.name) {
            throw adapter.checkpoint.error(
                .adapterTwice, at: replacement.stored,
                found: "\"\(replacement.name)\", which \(ByteString(other)) replaced")
        }
        record.appliedCount += 1
        record.replacedCount += 1
        if let tie, replacement.name == tie.head || replacement.name == tie.embedding {
            return try replaceTied(replacement, tie, tensors)
        }
        if let weight = table[replacement.name] {
            _ = try checkedSource(replacement.stored, fits: weight, tensors)
            table.remove(replacement.name, .replacedByAdapter)
        } else if !RouterTensorName.belongsToRouter(replacement.name) {
            throw missingWeight(replacement.name, replacement.stored, tensors)
        }
        set(replacement.name, to: replacement, tensors)
    }

    /// Replaces an embedding or a head that are tied. A saved module separates them unless the adapter keeps them tied:
    /// the one that is not replaced keeps the shared weights. Any other replacement changes both.
    private mutating func replaceTied(
        _ replacement: ParsedAdapter.Replacement, _ tie: EmbeddingTie, _ tensors: AdapterTensors
    ) throws(InputError) {
        let adapter = tensors.adapter
        guard let shared = table[tie.embedding] else {
            throw missingWeight(tie.embedding, replacement.stored, tensors)
        }
        _ = try checkedSource(replacement.stored, fits: shared, tensors)
        if replacement.isSavedModule, adapter.configuration?.keepsWeightsTied != true {
            if replacement.name == tie.embedding { table.rename(tie.embedding, to: tie.head) }
            self.tie = nil
            set(replacement.name, to: replacement, tensors)
        } else if replacement.name == tie.head, adapter.replacements.contains(where: { $0.name == tie.embedding }) {
            table.record(replacement.stored, of: adapter.checkpoint, .leftOut(.tiedHead))
        } else {
            table.remove(tie.embedding, .replacedByAdapter)
            set(tie.embedding, to: replacement, tensors)
        }
    }

    private mutating func set(
        _ name: ByteString, to replacement: ParsedAdapter.Replacement, _ tensors: AdapterTensors
    ) {
        table.set(name, to: replacement.stored, of: tensors.adapter.checkpoint, firstSource: tensors.firstSource)
    }

    // MARK: Checks

    /// Returns a tensor of the adapter after a check that it has the shape of `weight`.
    private func checkedSource(
        _ stored: ByteString, fits weight: WeightTable.Weight, _ tensors: AdapterTensors
    ) throws(InputError) -> SourceTensor {
        let source = try tensors.source(stored)
        if source.shape != weight.shape {
            throw tensors.adapter.checkpoint.error(
                .adapterShape, at: stored, found: "shape \(source.shape)",
                required: "\(weight.shape), the shape of \"\(weight.storedName)\"")
        }
        return source
    }

    private func missingWeight(_ name: ByteString, _ stored: ByteString, _ tensors: AdapterTensors) -> InputError {
        tensors.adapter.checkpoint.error(
            .adapterWithoutBase, at: stored, found: "no tensor \"\(name)\" in the model")
    }
}
