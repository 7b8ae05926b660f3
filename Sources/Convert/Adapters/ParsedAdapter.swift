import SkipFiles

/// An adapter as its files declare it: parts by the module that they change, and tensors that take others' places.
struct ParsedAdapter {
    /// The last component of the path that was given.
    let name: String
    /// The path that errors print.
    let path: String
    /// The factor on everything that it adds.
    let scale: Double
    /// Nil for a file of tensors alone, whose alpha the user says.
    let configuration: AdapterConfiguration?
    /// The user's alpha, for adapters without a configuration.
    let givenAlpha: Double?
    let checkpoint: Checkpoint
    /// In byte order of the modules' names.
    private(set) var modules: [Module] = []
    /// Tensors that take the place of the weights of these names, in byte order.
    private(set) var replacements: [Replacement] = []

    /// A module of the model that the adapter changes.
    struct Module {
        /// Its name, without `.weight`.
        let name: ByteString
        /// The parts' stored names.
        var parts: [(kind: TrainingName.Kind, stored: ByteString)] = []

        var weightName: ByteString { ByteString(bytes: name.bytes + Array(".weight".utf8)) }
        var biasName: ByteString { ByteString(bytes: name.bytes + Array(".bias".utf8)) }

        func part(_ kind: TrainingName.Kind) -> ByteString? { parts.first { $0.kind == kind }?.stored }
    }

    /// A tensor in the place of another.
    struct Replacement {
        /// The weight's name in a plain checkpoint.
        let name: ByteString
        let stored: ByteString
        /// It was trained in the place of the module's own; what shared the module's weight before does not any more.
        let isSavedModule: Bool
    }

    /// The number of tensors in the adapter.
    var tensorCount: Int { modules.map(\.parts.count).reduce(0, +) + replacements.count }

    /// Opens an adapter's files. `givenAlpha` is for those that do not say theirs.
    static func open(_ input: AdapterInput, givenAlpha: Double?, checksums: ChecksumPolicy) throws(InputError)
        -> ParsedAdapter
    {
        let files = try AdapterFiles(path: input.path)
        let configuration: AdapterConfiguration? =
            if let path = files.configurationPath { try AdapterConfigurationReader.read(path) } else { nil }
        let named = try NamedCheckpoint(try Checkpoint(file: files.weightsPath, checksums: checksums))
        return try ParsedAdapter(
            name: files.name, path: files.weightsPath, scale: input.scale, configuration: configuration,
            givenAlpha: givenAlpha, named: named, includesWeights: true)
    }

    /// The adapter that stands beside the weights of a checkpoint, as stage two of router training saves it.
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
                .adapterEmpty, file: path, found: "no LoRA tensor among \(checkpoint.names.count)",
                required: "lora_A and lora_B")
        }
        if let configuration { try checkSavedModules(configuration) }
    }

    /// Sorts the parts by module. Of one adapter name, or none.
    private mutating func collect(_ named: NamedCheckpoint) throws(InputError) {
        var modules: [ByteString: Module] = [:]
        var saved: [ByteString: ByteString] = [:]
        var first: NamedCheckpoint.AdapterPart?
        for part in named.adapterParts {
            if let first, first.name.adapterName != part.name.adapterName {
                throw named.error(
                    .adapterUnsupported, part.stored,
                    found: "another adapter than that of \"\(first.stored)\"", required: "one adapter in a file")
            }
            first = first ?? part
            let canonical = part.name.canonical
            switch part.name.kind {
            case .unknownAdapterPart:
                throw named.error(
                    .adapterUnknownPart, part.stored, found: "a name of an unknown form",
                    required: "lora_A, lora_B, lora_embedding_A, lora_embedding_B or lora_magnitude_vector")
            case .savedModule:
                if let other = saved.updateValue(part.stored, forKey: canonical) {
                    throw named.error(.tensorDuplicate, part.stored, found: "the same tensor as \"\(other)\"")
                }
                replacements.append(Replacement(name: canonical, stored: part.stored, isSavedModule: true))
            case let kind:
                let module = ByteString(bytes: Array(canonical.bytes.dropLast(kind == .loraBias ? 5 : 7)))
                if let other = modules[module]?.part(kind) {
                    throw named.error(.tensorDuplicate, part.stored, found: "the same tensor as \"\(other)\"")
                }
                modules[module, default: Module(name: module)].parts.append((kind, part.stored))
            }
        }
        self.modules = modules.values.sorted { $0.name < $1.name }
    }

    /// A module that the configuration says is saved has tensors in the file.
    private func checkSavedModules(_ configuration: AdapterConfiguration) throws(InputError) {
        for module in configuration.savedModules
        where !replacements.contains(where: { Self.isSaved($0.name, [module]) }) {
            throw InputError(
                .adapterIncomplete, file: path, found: "no tensor of \"\(module)\"",
                required: "the modules that modules_to_save names")
        }
    }

    /// A module that holds the tensor has a name that ends in one of `modules`, which is how PEFT compares.
    private static func isSaved(_ tensor: ByteString, _ modules: [ByteString]) -> Bool {
        tensor.bytes.indices.contains { end in
            tensor.bytes[end] == UInt8(ascii: ".")
                && modules.contains { tensor.bytes[..<end].suffix($0.bytes.count).elementsEqual($0.bytes) }
        }
    }
}

/// Where an adapter's configuration and tensors are.
private struct AdapterFiles {
    let name: String
    let configurationPath: String?
    let weightsPath: String

    private static let configurationName = "adapter_config.json"
    private static let weightsNames = ["adapter_model.safetensors", "adapter_model.bin"]

    init(path: String) throws(InputError) {
        let components = path.split(separator: "/")
        let last = components.last.map(String.init) ?? path
        if FileProbe.isDirectory(path) {
            name = last
            configurationPath = path + "/" + Self.configurationName
            guard let weights = Self.weightsNames.first(where: { FileProbe.exists(path + "/" + $0) }) else {
                throw InputError(
                    .adapterMissing, file: path, found: "none of \(Self.weightsNames.joined(separator: ", "))")
            }
            weightsPath = path + "/" + weights
            return
        }
        weightsPath = path
        // PEFT's own file with its configuration beside it is the directory under another name.
        let directory = path.hasSuffix("/" + last) ? String(path.dropLast(last.count)) : ""
        let beside = directory + Self.configurationName
        let isPEFT = Self.weightsNames.contains(last) && FileProbe.exists(beside)
        configurationPath = isPEFT ? beside : nil
        name = isPEFT ? components.dropLast().last.map(String.init) ?? last : last
    }
}
