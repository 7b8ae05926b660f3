import SkipFiles

/// A tensor's name as training left it, taken apart: what the tensor is, and the name that a plain Hugging Face
/// checkpoint has for it.
///
/// The one place that knows the forms. Stage one of router training wraps every layer (`model.layers.N.block.…`), PEFT
/// wraps the model (`base_model.model.…`), the adapted modules (`….base_layer.weight`, `….lora_A.default.weight`) and
/// the saved ones (`….modules_to_save.default.weight`), and PyTorch's own wrappers add `module.` and `_orig_mod.`.
struct TrainingName: Equatable {
    /// The name that the tensor, or for an adapter's part the tensor that it changes, has in a plain checkpoint.
    let canonical: ByteString
    let kind: Kind
    /// The adapter's name as PEFT's full state carries it; nil in files of one adapter alone.
    let adapterName: ByteString?

    /// What a tensor is to the model.
    enum Kind: Equatable {
        /// A weight of the model proper or of a router.
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
        /// Takes a weight's place: `modules_to_save`.
        case savedModule
        /// The weight whose place a saved module takes: `original_module`.
        case originalModule
        /// A part of an adapter of an unknown kind.
        case unknownAdapterPart
    }

    init(_ stored: ByteString) {
        var components = stored.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { ByteString(bytes: Array($0)) }
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

    private init(
        _ components: some Sequence<ByteString>, _ kind: Kind, adapterName: ByteString? = nil
    ) {
        canonical = ByteString(bytes: Array(components.map(\.bytes).joined(separator: [UInt8(ascii: ".")])))
        self.kind = kind
        self.adapterName = adapterName
    }

    /// A part of an adapter, whose name ends with `[adapter name.]ENDING`. Parameters of dictionaries have no ending, and
    /// magnitudes come both ways.
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
}

// MARK: - Wrappers

extension TrainingName {
    /// Layers of PyTorch's wrappers, at any depth.
    private static let wrappers: Set<ByteString> = [
        "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "base_layer",
    ]

    private static func removeWrappers(from components: inout [ByteString]) {
        components.removeAll(where: wrappers.contains)
        while true {
            if components.count > 1, components[0] == "module" {
                components.removeFirst()
            } else if components.count > 2, components[0] == "base_model", components[1] == "model" {
                components.removeFirst(2)
            } else {
                break
            }
        }
        // `layers.N.block.…`: a layer inside the wrapper that holds its routers.
        if let layers = components.firstIndex(of: "layers"), components.count > layers + 3,
            components[layers + 2] == "block"
        {
            components.remove(at: layers + 2)
        }
    }

    private static func isMarker(_ component: ByteString) -> Bool {
        component == "modules_to_save" || component == "original_module"
            || component.bytes.starts(with: Array("lora_".utf8))
    }
}
