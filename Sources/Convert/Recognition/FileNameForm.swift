import SkipFiles

/// What a file is, as its name says. It is used for files that cannot be read as what they are given for, because a name
/// alone never refuses a file.
enum FileNameForm {
    /// Returns the form of a file and what was found, if the form covers several formats; nil for an unknown name.
    static func recognize(_ name: String) -> (form: InputRule, found: String)? {
        let lowercased = name.lowercased()
        if let row = endings.first(where: { lowercased.hasSuffix($0.ending) }) { return (row.form, row.found) }
        if names.keys.contains(lowercased) { return names[lowercased] }
        if lowercased.contains(".data-0"), lowercased.contains("-of-") { return (.tensorFlowFile, "a checkpoint") }
        if lowercased.hasPrefix("zero_pp_rank_") || lowercased.hasPrefix("bf16_zero_pp_rank_") {
            return (.deepSpeedShards, "")
        }
        if lowercased.hasPrefix("mp_rank_"), lowercased.hasSuffix("model_states.pt") { return (.deepSpeedShards, "") }
        if lowercased.hasPrefix("model_world_size_") { return (.distributedShards, "") }
        if lowercased.hasPrefix("ggml-"), lowercased.hasSuffix(".bin") { return (.ggmlFile, "") }
        return nil
    }

    /// Returns whether a name is that of one shard of several: `model-00001-of-00002.safetensors`.
    static func isShard(_ name: String) -> Bool { name.contains(/-[0-9]+-of-0*([2-9]|[1-9][0-9]+)\./) }

    private static let endings: [(ending: String, form: InputRule, found: String)] = [
        (".part", .partialDownload, ""), (".crdownload", .partialDownload, ""), (".incomplete", .partialDownload, ""),
        (".aria2", .partialDownload, ""), (".download", .partialDownload, ""), (".partial", .partialDownload, ""),
        (".gguf", .ggufFile, ""), (".ggml", .ggmlFile, ""), (".onnx", .onnxFile, ""), (".onnx_data", .onnxFile, ""),
        (".h5", .tensorFlowFile, "HDF5"), (".hdf5", .tensorFlowFile, "HDF5"), (".keras", .tensorFlowFile, "Keras"),
        (".ckpt.index", .tensorFlowFile, "a checkpoint"), (".ckpt.meta", .tensorFlowFile, "a checkpoint"),
        (".msgpack", .flaxFile, "MessagePack"), (".npz", .numpyFile, ""), (".npy", .numpyFile, ""),
        (".nemo", .nemoFile, ""), (".mlmodel", .deployedModel, "CoreML"), (".mlpackage", .deployedModel, "CoreML"),
        (".pte", .deployedModel, "ExecuTorch"), (".tflite", .deployedModel, "TensorFlow Lite"),
        (".engine", .deployedModel, "TensorRT"), (".plan", .deployedModel, "TensorRT"), (".ptl", .torchScript, ""),
        (".pt2", .deployedModel, "torch.export"),
        (".zip", .archiveFile, ""), (".tar", .archiveFile, ""), (".tar.gz", .archiveFile, ""),
        (".tgz", .archiveFile, ""), (".tar.zst", .archiveFile, ""), (".tar.xz", .archiveFile, ""),
        (".7z", .archiveFile, ""), (".gz", .archiveFile, ""), (".distcp", .distributedShards, ""),
        ("optim_states.pt", .deepSpeedShards, ""), (".parquet", .datasetDirectory, ""),
        (".arrow", .datasetDirectory, ""),
    ]

    private static let names: [String: (form: InputRule, found: String)] = [
        "saved_model.pb": (.tensorFlowFile, "a SavedModel"), "openvino_model.xml": (.deployedModel, "OpenVINO"),
        "openvino_model.bin": (.deployedModel, "OpenVINO"), "ndarray-cache.json": (.deployedModel, "MLC"),
        "rust_model.ot": (.deployedModel, "rust-bert"), "model_optim_rng.pt": (.megatronShards, ""),
        "model_rng.pt": (.megatronShards, ""), "tensor_cache.json": (.deployedModel, "MLC"),
    ]
}
