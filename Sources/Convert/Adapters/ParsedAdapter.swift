import SkipFiles

/// The contents of an adapter's files: its parts by the module that they change, and tensors that replace weights.
struct ParsedAdapter {
    /// The last component of the adapter's path.
    let name: String
    /// The path that errors print.
    let path: String
    /// The factor on everything that the adapter adds.
    let scale: Double
    /// Nil for a file of tensors without `adapter_config.json`.
    let configuration: AdapterConfiguration?
    /// The user's alpha, which is used if there is no configuration.
    let givenAlpha: Double?
    let checkpoint: Checkpoint
    /// The adapted modules, in byte order of their names.
    private(set) var modules: [Module] = []
    /// Tensors that replace weights, in byte order of the weights' names.
    private(set) var replacements: [Replacement] = []
    /// The stored names of tensors that PEFT does not load, because the configuration does not target their modules.
    private(set) var notTargeted: [ByteString] = []

    /// A module of the model that the adapter changes.
    struct Module {
        /// The module's name, without `.weight`.
        let name: ByteString
        /// The kinds and stored names of the parts.
        var parts: [(kind: TrainingName.Kind, stored: ByteString)] = []

        /// The module's name in the model that PEFT wrapped, which patterns are matched with.
        var nameInPEFT: ByteString { TrainingName.moduleInPEFT(parts[0].stored) }

        var weightName: ByteString { ByteString(bytes: name.bytes + Array(".weight".utf8)) }
        var biasName: ByteString { ByteString(bytes: name.bytes + Array(".bias".utf8)) }

        /// Returns the stored name of a part; nil if the module has none of this kind.
        func part(_ kind: TrainingName.Kind) -> ByteString? { parts.first { $0.kind == kind }?.stored }
    }

    /// A tensor that replaces a weight.
    struct Replacement {
        /// The weight's name in a plain checkpoint.
        let name: ByteString
        /// The tensor's name in the adapter's file.
        let stored: ByteString
        /// Whether the module was trained as a copy of its own (`modules_to_save`), so that a weight tied to it stays
        /// as it is.
        let isSavedModule: Bool
    }

    /// The number of tensors of the adapter.
    var tensorCount: Int { modules.map(\.parts.count).reduce(0, +) + replacements.count + notTargeted.count }

    /// Opens and parses the files of an adapter. `givenAlpha` is used if they do not state an alpha.
    static func open(_ input: AdapterInput, givenAlpha: Double?, checksums: ChecksumPolicy) throws(InputError)
        -> ParsedAdapter
    {
        let files = try AdapterPaths(input.path)
        let configuration: AdapterConfiguration? =
            if let path = files.configurationPath { try AdapterConfigurationReader.read(path) } else { nil }
        let checkpoint = try Checkpoint(file: files.weightsPath, checksums: checksums)
        if let fault = checkpoint.nameForm(configuredIn: input.path).adapterFault() { throw fault }
        let named = try NamedCheckpoint(checkpoint)
        if configuration == nil, let fault = named.adapterFault() { throw fault }
        return try ParsedAdapter(
            name: files.name, path: files.weightsPath, scale: input.scale, configuration: configuration,
            givenAlpha: givenAlpha, named: named, includesWeights: true)
    }

    /// Returns the adapter in a checkpoint that also holds the weights, which stage two of router training saves.
    static func inside(_ base: NamedCheckpoint, givenAlpha: Double?) throws(InputError) -> ParsedAdapter {
        let path = base.checkpoint.files.first?.path ?? ""
        return try ParsedAdapter(
            name: base.checkpoint.files.first?.name ?? "", path: path, scale: 1, configuration: nil,
            givenAlpha: givenAlpha, named: base, includesWeights: false)
    }

    private init(
        name: String, path: String, scale: Double, configuration: AdapterConfiguration?, givenAlpha: Double?,
        named: NamedCheckpoint, includesWeights: Bool
    ) throws(InputError) {
        self.name = name
        self.path = path
        self.scale = scale
        self.configuration = configuration
        self.givenAlpha = givenAlpha
        checkpoint = named.checkpoint
        try collect(named)
        if includesWeights {
            for (canonical, stored) in named.weights {
                let isSaved = configuration.map { Self.isSaved(canonical, $0.savedModules) } ?? false
                replacements.append(Replacement(name: canonical, stored: stored, isSavedModule: isSaved))
            }
        }
        replacements.sort { $0.name < $1.name }
        if modules.isEmpty, replacements.isEmpty || configuration == nil {
            throw InputError(
                .adapterEmpty, file: path, found: "no LoRA tensor among \(checkpoint.names.count) tensors",
                required: "lora_A and lora_B")
        }
        if let configuration { try leaveOutUntargeted(configuration) }
    }

    /// Collects the parts by module. All parts must have the same adapter name or none.
    private mutating func collect(_ named: NamedCheckpoint) throws(InputError) {
        var modules: [ByteString: Module] = [:]
        var saved: [ByteString: ByteString] = [:]
        var first: NamedCheckpoint.AdapterPart?
        for part in named.adapterParts {
            if let first, first.name.adapterName != part.name.adapterName {
                throw checkpoint.error(
                    .adapterUnsupported, at: part.stored,
                    found: "a tensor of another adapter than \"\(first.stored)\"", required: "one adapter in a file")
            }
            first = first ?? part
            let canonical = part.name.canonical
            switch part.name.kind {
            case .unknownAdapterPart:
                throw checkpoint.error(
                    .adapterUnknownPart, at: part.stored, found: "a name of an unknown form",
                    required: "lora_A, lora_B, lora_embedding_A, lora_embedding_B or lora_magnitude_vector")
            case .savedModule:
                if let other = saved.updateValue(part.stored, forKey: canonical) {
                    throw checkpoint.error(.tensorDuplicate, at: part.stored, found: "the same tensor as \"\(other)\"")
                }
                replacements.append(Replacement(name: canonical, stored: part.stored, isSavedModule: true))
            case let kind:
                let module = ByteString(bytes: Array(canonical.bytes.dropLast(kind == .loraBias ? 5 : 7)))
                if let other = modules[module]?.part(kind) {
                    throw checkpoint.error(.tensorDuplicate, at: part.stored, found: "the same tensor as \"\(other)\"")
                }
                modules[module, default: Module(name: module)].parts.append((kind, part.stored))
            }
        }
        self.modules = modules.values.sorted { $0.name < $1.name }
    }

    // MARK: The configuration's rules

    /// Leaves out the tensors that PEFT does not load, because the configuration does not target their modules.
    private mutating func leaveOutUntargeted(_ configuration: AdapterConfiguration) throws(InputError) {
        let rule = configuration.targets
        try checkMatchCost(modules.map(\.name))
        for module in modules where !rule.includes(module.nameInPEFT) { notTargeted += module.parts.map(\.stored) }
        modules.removeAll { !rule.includes($0.nameInPEFT) }
        // PEFT wraps a module that it adapts, so a tensor of the wrapped module needs that as well.
        let isUnwrapped = { (replacement: Replacement) in
            TrainingName.wrappedModuleInPEFT(replacement.stored).map { !rule.includes($0) } ?? false
        }
        notTargeted += replacements.filter(isUnwrapped).map(\.stored)
        replacements.removeAll(where: isUnwrapped)
        notTargeted.sort()
        if modules.isEmpty, replacements.isEmpty {
            let first = notTargeted.first.map(TrainingName.moduleInPEFT)?.description ?? ""
            throw notTargetedError(found: "no tensor of a targeted module; the first is of \"\(first)\"")
        }
        if let module = modules.first(where: { Self.isSaved($0.weightName, configuration.savedModules) }) {
            throw checkpoint.error(
                .adapterContradiction, at: module.parts[0].stored,
                found: "LoRA on a module that modules_to_save replaces", required: "one of the two")
        }
    }

    /// Returns the error for an adapter that changes nothing.
    func notTargetedError(found: String) -> InputError {
        InputError(
            .adapterNotTargeted, file: path, found: found,
            required: "target_modules of adapter_config.json that match as in PEFT")
    }

    /// Throws if matching all patterns of the configuration with these names takes too long.
    func checkMatchCost(_ names: [ByteString]) throws(InputError) {
        let cost = configuration?.matchCost ?? 0
        let byteCount = names.map { $0.count + 1 }.reduce(0, +)
        if cost.multipliedReportingOverflow(by: byteCount).overflow || cost * byteCount > AdapterLimits.maximumMatchCost
        {
            throw InputError(
                .adapterUnsupported, file: path,
                found: "patterns that take more than \(AdapterLimits.maximumMatchCost) steps to match",
                required: "fewer or shorter patterns in adapter_config.json")
        }
    }

    /// Returns whether the name of a module that contains the tensor ends in one of `modules`. PEFT compares the same
    /// way, without regard to the dots between components.
    static func isSaved(_ tensor: ByteString, _ modules: [ByteString]) -> Bool {
        tensor.bytes.indices.contains { end in
            tensor.bytes[end] == UInt8(ascii: ".")
                && modules.contains { tensor.bytes[..<end].suffix($0.bytes.count).elementsEqual($0.bytes) }
        }
    }
}
