import SkipFiles

/// Recognizes what a directory is by its listing, if no model or adapter can be read from it.
struct DirectoryForm {
    private let directory: DirectoryContents

    private init(_ path: String) throws(InputError) { directory = try DirectoryContents(path) }

    // MARK: Questions

    /// Returns the error of a path that is given as a model's directory, but holds no `config.json` or no checkpoint; nil
    /// if nothing is recognized. `needsWeights` is false if the checkpoint has a path of its own.
    static func modelFault(_ path: String, needsWeights: Bool = true) throws(InputError) -> InputError? {
        guard try FileProbe.isDirectory(path) else { return try fileFault(path) }
        let form = try DirectoryForm(path)
        let hasConfiguration = form.directory.contains(KnownFileNames.configuration)
        let hasWeights = form.directory.containsAny(KnownFileNames.weights)
        try form.refuseBrokenLinks([KnownFileNames.configuration] + KnownFileNames.weights)
        if hasConfiguration, hasWeights || !needsWeights { return nil }
        if !hasConfiguration, hasWeights {
            return form.error(.configMissing, found: form.directory.names.first(where: KnownFileNames.weights.contains))
        }
        if let fault = form.adapterGivenAsModel() { return fault }
        return try form.fault(seeking: [KnownFileNames.configuration])
    }

    /// Returns the error of a directory that is given as an adapter, but holds no adapter's weights; nil if nothing is
    /// recognized.
    static func adapterFault(_ path: String) throws(InputError) -> InputError? {
        let form = try DirectoryForm(path)
        let directory = form.directory
        let names = [KnownFileNames.adapterConfiguration] + KnownFileNames.adapterWeights
        try form.refuseBrokenLinks(names)
        if let fault = form.mlxFault() { return fault }
        if let weights = KnownFileNames.adapterWeights.first(where: directory.contains),
            !directory.contains(KnownFileNames.adapterConfiguration)
        {
            return form.error(.adapterWithoutConfiguration, found: weights)
        }
        if directory.contains(KnownFileNames.adapterConfiguration) {
            return form.trainingFault() ?? form.downloadFault() ?? form.error(.adapterWithoutWeights)
        }
        if directory.containsAny(KnownFileNames.weights) || directory.contains(KnownFileNames.configuration) {
            return form.error(.modelAsAdapter)
        }
        return try form.fault(seeking: [KnownFileNames.adapterConfiguration, KnownFileNames.configuration])
    }

    /// Returns the error of a file where a model's directory is needed; nil if there is none at the path.
    private static func fileFault(_ path: String) throws(InputError) -> InputError? {
        guard try FileProbe.exists(path) else { return nil }
        let file = try InputFile(opening: path)
        if let fault = try ForeignFile.fault(file, named: CheckpointFileKind(fileName: file.name)) { return fault }
        return InputError(.fileAsDirectory, file: path, found: "")
    }

    /// Throws `brokenLink` for a link without a target, as a cache of Hugging Face has them after a deletion.
    private func refuseBrokenLinks(_ names: [String]) throws(InputError) {
        for name in names where directory.contains(name) { _ = try FileProbe.exists(directory.path + "/" + name) }
    }

    // MARK: Adapters

    private func adapterGivenAsModel() -> InputError? {
        if let fault = mlxFault() { return fault }
        guard directory.contains(KnownFileNames.adapterConfiguration) else { return nil }
        return error(.adapterAsModel)
    }

    /// mlx-lm writes another `adapter_config.json` than PEFT, and tensors under another name.
    private func mlxFault() -> InputError? {
        if let file = directory.first(endingIn: ["adapters.safetensors", "adapters.npz"]) {
            return error(.mlxAdapter, found: file)
        }
        guard directory.contains(KnownFileNames.adapterConfiguration),
            let object = try? JSONFile.object(
                directory.path + "/" + KnownFileNames.adapterConfiguration, syntaxRule: .adapterSyntax),
            object["peft_type"] == nil, object["lora_parameters"] != nil || object["fine_tune_type"] != nil
        else { return nil }
        return error(.mlxAdapter, found: KnownFileNames.adapterConfiguration)
    }

    // MARK: All directories

    /// The most specific forms come first. `seeking` are the files of which one makes a subdirectory the one to give.
    private func fault(seeking: [String]) throws(InputError) -> InputError? {
        if directory.names.isEmpty { return error(.emptyDirectory) }
        if let fault = try cacheFault() ?? trainingFault() { return fault }
        if let fault = try originalFault() ?? shardFault() ?? quantizedFault() { return fault }
        return otherLibraryFault() ?? downloadFault() ?? foreignFileFault() ?? surroundingFault(seeking)
            ?? remainingFault()
    }

    private func cacheFault() throws(InputError) -> InputError? {
        if directory.contains("snapshots"), directory.isDirectory("snapshots") {
            let revisions = try DirectoryContents(directory.path + "/snapshots").names
            return error(.hubCache, found: revisions.first.map { "snapshots/\($0)" })
        }
        return directory.names.first { $0.hasPrefix("models--") }.map { error(.hubCache, found: $0) }
    }

    private func trainingFault() -> InputError? {
        for name in directory.names {
            if name.hasPrefix("global_step") && directory.isDirectory(name) || name == "zero_to_fp32.py"
                || name.hasPrefix("mp_rank_") && name.hasSuffix("model_states.pt") || name.hasSuffix("optim_states.pt")
                || name.hasPrefix("zero_pp_rank_")
            {
                return error(.deepSpeedShards, found: name)
            }
            if name.hasSuffix(".distcp") || name.hasPrefix("pytorch_model_fsdp")
                || name.hasPrefix("model_world_size_")
            {
                return error(.distributedShards, found: name)
            }
            if name == "latest_checkpointed_iteration.txt" || name == "model_optim_rng.pt"
                || (name.hasPrefix("iter_0") || name.hasPrefix("mp_rank_")) && directory.isDirectory(name)
            {
                return error(.megatronShards, found: name)
            }
        }
        return nil
    }

    private func originalFault() throws(InputError) -> InputError? {
        for (prefix, names) in [("", directory.names), ("original/", try originals())] {
            if let name = names.first(where: { $0.hasPrefix("consolidated") && $0.hasSuffix(".safetensors") }) {
                return error(.mistralCheckpoint, found: prefix + name)
            }
            if let name = names.first(where: { $0.hasPrefix("consolidated") && $0.hasSuffix(".pth") }) {
                return error(.metaCheckpoint, found: prefix + name)
            }
        }
        return nil
    }

    private func originals() throws(InputError) -> [String] {
        guard directory.contains("original"), directory.isDirectory("original") else { return [] }
        return try DirectoryContents(directory.path + "/original").names
    }

    private func shardFault() -> InputError? {
        let shards = directory.names.filter(Self.isShard)
        return shards.first.map { error(.shardsWithoutIndex, found: "\($0)\(shards.count > 1 ? " and others" : "")") }
    }

    /// A file that describes a quantization, beside weights under a name of their own (`gptq_model-4bit-128g.safetensors`).
    private func quantizedFault() -> InputError? {
        QuantizationRecord.inFile(of: directory.path).map { error(.quantizedCheckpoint, found: $0.description) }
    }

    /// Whether a name is that of a shard: `model-00001-of-00002.safetensors`.
    private static func isShard(_ name: String) -> Bool {
        guard name.hasPrefix("model-") || name.hasPrefix("pytorch_model-") else { return false }
        return (name.hasSuffix(".safetensors") || name.hasSuffix(".bin")) && name.utf8.count < 256
            && name.split(separator: "-").contains("of")
    }

    private func downloadFault() -> InputError? {
        let file = directory.first(endingIn: [".part", ".partial", ".crdownload", ".incomplete", ".aria2", ".download"])
        return file.map { error(.partialDownload, found: $0) }
    }

    private func foreignFileFault() -> InputError? {
        for name in directory.names {
            if let (form, found) = FileNameForm.recognize(name), form != .torchScript {
                return error(form, found: found.isEmpty ? name : "\(found), \(name)")
            }
        }
        return directory.names.first { ["onnx", "openvino"].contains($0) && directory.isDirectory($0) }.map {
            error($0 == "onnx" ? .onnxFile : .deployedModel, found: "\($0)/")
        }
    }

    private func otherLibraryFault() -> InputError? {
        let libraries = [
            ("model_index.json", "diffusers"), ("modules.json", "sentence-transformers"),
            ("config_sentence_transformers.json", "sentence-transformers"), ("open_clip_config.json", "OpenCLIP"),
            ("diffusion_pytorch_model.safetensors", "diffusers"), ("model_config.yaml", "NeMo"),
            ("manifest.ocdbt", "Orbax (JAX)"), ("_CHECKPOINT_METADATA", "Orbax (JAX)"),
            ("hyperparams.yaml", "SpeechBrain"), ("flow_config.json", "Flair"),
        ]
        return libraries.first { directory.contains($0.0) }.map { error(.otherLibrary, found: "\($0.1), \($0.0)") }
    }

    /// The directory of a training run, or one around a downloaded model.
    private func surroundingFault(_ seeking: [String]) -> InputError? {
        let inner = directory.subdirectories().first { name in seeking.contains { directory.exists(name + "/" + $0) } }
        return inner.map { error(.parentDirectory, found: "\($0)/") }
    }

    private func remainingFault() -> InputError? {
        if let name = KnownFileNames.adapterWeights.first(where: directory.contains) {
            return error(.adapterWithoutConfiguration, found: name)
        }
        if directory.contains(KnownFileNames.configuration) { return nil }
        let isDataset = { (name: String) in
            ["dataset_info.json", "dataset_infos.json", "dataset_dict.json"].contains(name) || name.hasSuffix(".jsonl")
        }
        if let name = directory.names.first(where: isDataset) { return error(.datasetDirectory, found: name) }
        let tokenizer = ["tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json"]
        if let name = tokenizer.first(where: directory.contains) { return error(.tokenizerOnly, found: name) }
        let tensors = directory.first(endingIn: [".safetensors", ".bin", ".pt", ".pth"])
        return tensors.map { error(.configMissing, found: $0) }
    }

    private func error(_ form: InputRule, found: String? = nil) -> InputError {
        InputError(form, file: directory.path, found: found.map { "\(ByteString($0))" } ?? "")
    }
}
