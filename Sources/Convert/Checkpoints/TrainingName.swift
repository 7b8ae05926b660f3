import SkipFiles

/// The parsed name of a tensor that a training run saved: the kind of the tensor, and its name in a plain Hugging Face
/// checkpoint.
///
/// Stage one of router training wraps every layer (`model.layers.N.block.…`). PEFT wraps the model
/// (`base_model.model.…`), the adapted modules (`….base_layer.weight`, `….lora_A.default.weight`) and the saved modules
/// (`….modules_to_save.default.weight`). PyTorch's own wrappers add `module.` and `_orig_mod.`. A Lightning module that
/// holds the model as its attribute `model` adds `model.`.
struct TrainingName: Equatable {
    /// The tensor's name in a plain checkpoint. For a part of an adapter, the name of the tensor that it changes.
    let canonical: ByteString
    let kind: Kind
    /// The adapter's name in PEFT's full state; nil in the files of a single adapter.
    let adapterName: ByteString?

    /// The kind of a tensor.
    enum Kind: Equatable {
        /// A weight of the model or of a router.
        case base
        /// [rank, inputs]
        case loraA
        /// [outputs, rank]
        case loraB
        /// [outputs]: `lora_B.bias`
        case loraBias
        /// [rank, rows of the embedding]
        case loraEmbeddingA
        /// [width of the embedding, rank]
        case loraEmbeddingB
        /// [outputs]: DoRA's `lora_magnitude_vector`
        case loraMagnitude
        /// Replaces a weight: `modules_to_save`.
        case savedModule
        /// The weight that a saved module replaces: `original_module`.
        case originalModule
        /// A part of an adapter with a name of an unknown form.
        case unknownAdapterPart
    }

    /// Parses the name of a stored tensor.
    init(_ stored: ByteString) {
        var components = Self.components(of: stored)
        Self.removeWrappers(from: &components)
        guard let marker = components.firstIndex(where: Self.isMarker) else {
            self.init(components, .base)
            return
        }
        let module = components[..<marker]
        let rest = Array(components[(marker + 1)...])
        switch components[marker] {
        case "lora_A": self.init(part: .loraA, of: module, rest, endings: ["weight"])
        case "lora_B" where rest.last == "bias": self.init(part: .loraBias, of: module, rest, endings: ["bias"])
        case "lora_B": self.init(part: .loraB, of: module, rest, endings: ["weight"])
        case "lora_embedding_A": self.init(part: .loraEmbeddingA, of: module, rest, endings: [])
        case "lora_embedding_B": self.init(part: .loraEmbeddingB, of: module, rest, endings: [])
        case "lora_magnitude_vector": self.init(part: .loraMagnitude, of: module, rest, endings: ["weight"])
        case "modules_to_save" where rest.count >= 2:
            self.init(module + rest.dropFirst(), .savedModule, adapterName: rest[0])
        case "modules_to_save": self.init(module + rest, .savedModule)
        case "original_module": self.init(module + rest, .originalModule)
        default: self.init(components, .unknownAdapterPart)
        }
    }

    /// Returns the name of an adapted module in the model that PEFT wrapped, which PEFT matches patterns with. Unlike the
    /// canonical name it has the wrappers that router training put around layers.
    static func moduleInPEFT(_ stored: ByteString) -> ByteString {
        var components = components(of: stored)
        removeFrameworkWrappers(from: &components)
        return joined(components.prefix { !isMarker($0) })
    }

    /// Returns the name of the module in whose wrapper a tensor is: `q_proj` for `q_proj.base_layer.weight`; nil if it
    /// is in none.
    static func wrappedModuleInPEFT(_ stored: ByteString) -> ByteString? {
        var components = components(of: stored)
        guard components.contains("base_layer") else { return nil }
        removeFrameworkWrappers(from: &components)
        return joined(components.dropLast())
    }

    private static func components(of name: ByteString) -> [ByteString] {
        name.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { ByteString(bytes: Array($0)) }
    }

    private static func joined(_ components: some Sequence<ByteString>) -> ByteString {
        ByteString(bytes: Array(components.map(\.bytes).joined(separator: [UInt8(ascii: ".")])))
    }

    private init(
        _ components: some Sequence<ByteString>, _ kind: Kind, adapterName: ByteString? = nil
    ) {
        canonical = Self.joined(components)
        self.kind = kind
        self.adapterName = adapterName
    }

    /// Parses the part of an adapter, whose name ends with `[adapter name.]ENDING`. Parameters in a `ParameterDict`
    /// have no ending. Magnitudes have one or none.
    private init(part kind: Kind, of module: ArraySlice<ByteString>, _ rest: [ByteString], endings: [ByteString]) {
        var names = rest
        let hasEnding = names.last.map(endings.contains) ?? false
        if hasEnding { names.removeLast() }
        let isComplete = hasEnding || endings.isEmpty || kind == .loraMagnitude
        guard isComplete, names.count <= 1 else {
            self.init(module + rest, .unknownAdapterPart)
            return
        }
        self.init(module + [kind == .loraBias ? "bias" : "weight"], kind, adapterName: names.first)
    }

    // MARK: Wrappers

    /// Name components of wrapper modules, at any depth.
    private static let wrappers: Set<ByteString> = [
        "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "base_layer",
    ]

    /// What follows `model.` only if the model itself is the attribute of a module.
    private static let wrappedInModel: Set<ByteString> = ["model", "lm_head", "base_model", "module"]

    private static func removeWrappers(from components: inout [ByteString]) {
        removeFrameworkWrappers(from: &components)
        // `layers.N.block.…` is a layer inside the wrapper that holds its routers.
        if let layers = components.firstIndex(of: "layers"), components.count > layers + 3,
            components[layers + 2] == "block"
        {
            components.remove(at: layers + 2)
        }
    }

    private static func removeFrameworkWrappers(from components: inout [ByteString]) {
        components.removeAll(where: wrappers.contains)
        while true {
            if components.count > 1, components[0] == "module" {
                components.removeFirst()
            } else if components.count > 2, components[0] == "base_model", components[1] == "model" {
                components.removeFirst(2)
            } else if components.count > 2, components[0] == "model", wrappedInModel.contains(components[1]) {
                components.removeFirst()
            } else {
                break
            }
        }
    }

    private static func isMarker(_ component: ByteString) -> Bool {
        component == "modules_to_save" || component == "original_module"
            || component.bytes.starts(with: Array("lora_".utf8))
    }
}
