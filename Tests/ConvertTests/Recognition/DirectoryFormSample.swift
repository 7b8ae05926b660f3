import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// A directory that holds no model or no adapter, and what is said of it.
struct DirectoryFormSample: Sendable, CustomTestStringConvertible {
    enum Use: Sendable { case model, adapter, both }

    let name: String
    let rule: InputRule
    /// The files, each of one byte; a path that ends in a slash is a directory.
    let paths: [String]
    let found: String
    let use: Use

    var testDescription: String { "\(rule.rawValue) \(name)" }

    init(_ name: String, _ rule: InputRule, found: String = "", use: Use = .both, _ paths: [String]) {
        self.name = name
        self.rule = rule
        self.paths = paths
        self.found = found
        self.use = use
    }

    func write(to directory: TemporaryDirectory) throws {
        for path in paths {
            if let slash = path.lastIndex(of: "/") { try directory.makeDirectory(String(path[..<slash])) }
            if !path.hasSuffix("/") { try directory.write([0xC1], to: path) }
        }
    }

    static let all = training + originals + foreign + wrong

    static let training = [
        DirectoryFormSample(
            "ZeRO", .deepSpeedShards, found: "global_step500",
            ["global_step500/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt", "latest", "zero_to_fp32.py"]),
        DirectoryFormSample(
            "inside of ZeRO", .deepSpeedShards, found: "mp_rank_00_model_states.pt",
            ["mp_rank_00_model_states.pt", "zero_pp_rank_0_mp_rank_00_optim_states.pt"]),
        DirectoryFormSample(
            "torch.distributed.checkpoint", .distributedShards, found: "__0_0.distcp", [".metadata", "__0_0.distcp"]),
        DirectoryFormSample(
            "FSDP of Accelerate", .distributedShards, found: "pytorch_model_fsdp_0", use: .model,
            ["pytorch_model_fsdp_0/.metadata", "optimizer_0/", "scheduler.pt", "config.json"]),
        DirectoryFormSample(
            "FSDP of verl", .distributedShards, found: "model_world_size_2_rank_0.pt",
            ["model_world_size_2_rank_0.pt", "model_world_size_2_rank_1.pt", "huggingface/tokenizer.json"]),
        DirectoryFormSample(
            "Megatron", .megatronShards, found: "iter_0001000",
            ["iter_0001000/mp_rank_00/model_optim_rng.pt", "latest_checkpointed_iteration.txt"]),
        DirectoryFormSample(
            "inside of Megatron", .megatronShards, found: "mp_rank_00", ["mp_rank_00/model_optim_rng.pt", "README"]),
        DirectoryFormSample(
            "training run", .parentDirectory, found: "checkpoint-500/",
            ["checkpoint-500/config.json", "checkpoint-500/model.safetensors", "trainer_state.json"]),
        DirectoryFormSample(
            "directory around a model", .parentDirectory, found: "Llama/", ["Llama/config.json", "README.md"]),
        DirectoryFormSample(
            "directory around an adapter", .parentDirectory, found: "checkpoint-9/", use: .adapter,
            ["checkpoint-9/adapter_config.json", "runs/"]),
    ]

    static let originals = [
        DirectoryFormSample(
            "Meta", .metaCheckpoint, found: "consolidated.00.pth",
            ["consolidated.00.pth", "consolidated.01.pth", "params.json", "tokenizer.model"]),
        DirectoryFormSample(
            "only original/", .metaCheckpoint, found: "original/consolidated.00.pth", use: .model,
            ["config.json", "original/consolidated.00.pth", "original/params.json", "tokenizer.json"]),
        DirectoryFormSample(
            "Mistral", .mistralCheckpoint, found: "consolidated.safetensors",
            ["consolidated.safetensors", "params.json", "tekken.json"]),
        DirectoryFormSample(
            "shards", .shardsWithoutIndex, found: "model-00001-of-00002.safetensors and others", use: .model,
            ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]),
        DirectoryFormSample(
            "torch shard", .shardsWithoutIndex, found: "pytorch_model-00002-of-00003.bin", use: .model,
            ["config.json", "pytorch_model-00002-of-00003.bin"]),
        DirectoryFormSample(
            "no config.json", .configMissing, found: "model.safetensors", use: .model, ["model.safetensors"]),
        DirectoryFormSample(
            "other weights and no config.json", .configMissing, found: "finetuned.pth", use: .model, ["finetuned.pth"]),
    ]

    static let foreign = [
        DirectoryFormSample("GGUF", .ggufFile, found: "m-Q4_K_M.gguf", ["m-Q4_K_M.gguf", "README.md"]),
        DirectoryFormSample("GGUF beside config.json", .ggufFile, use: .model, ["m.gguf", "config.json"]),
        DirectoryFormSample("GGML", .ggmlFile, ["ggml-model-q4_0.bin"]),
        DirectoryFormSample("ONNX", .onnxFile, found: "model.onnx", use: .model, ["config.json", "model.onnx"]),
        DirectoryFormSample("ONNX in a folder", .onnxFile, found: "onnx/", use: .model, ["config.json", "onnx/x"]),
        DirectoryFormSample("TensorFlow", .tensorFlowFile, use: .model, ["config.json", "tf_model.h5"]),
        DirectoryFormSample("SavedModel", .tensorFlowFile, ["saved_model.pb", "variables/variables.index"]),
        DirectoryFormSample("Flax", .flaxFile, use: .model, ["config.json", "flax_model.msgpack"]),
        DirectoryFormSample("old MLX", .numpyFile, use: .model, ["config.json", "weights.npz"]),
        DirectoryFormSample("NeMo", .nemoFile, ["llama.nemo"]),
        DirectoryFormSample(
            "TensorRT-LLM", .deployedModel, found: "TensorRT", use: .model, ["config.json", "rank0.engine"]),
        DirectoryFormSample("CoreML", .deployedModel, found: "CoreML", ["Llama.mlpackage/Manifest.json"]),
        DirectoryFormSample("MLC", .deployedModel, found: "MLC", ["ndarray-cache.json", "params_shard_0.bin"]),
        DirectoryFormSample("archive", .archiveFile, found: "model.tar.gz", ["model.tar.gz"]),
        DirectoryFormSample(
            "unfinished download", .partialDownload, found: "model.safetensors.incomplete", use: .model,
            ["config.json", "model.safetensors.incomplete"]),
        DirectoryFormSample("diffusers", .otherLibrary, found: "diffusers", ["model_index.json", "unet/config.json"]),
        DirectoryFormSample(
            "sentence-transformers", .otherLibrary, found: "sentence-transformers", ["modules.json", "1_Pooling/"]),
        DirectoryFormSample("data set", .datasetDirectory, ["dataset_info.json", "README.md"]),
        DirectoryFormSample("data set in Parquet", .datasetDirectory, ["train-0.parquet"]),
        DirectoryFormSample("lines of JSON", .datasetDirectory, ["train.jsonl"]),
    ]

    static let wrong = [
        DirectoryFormSample("empty directory", .emptyDirectory, []),
        DirectoryFormSample("tokenizer", .tokenizerOnly, ["tokenizer.json", "tokenizer_config.json"]),
        DirectoryFormSample(
            "cache of a model", .hubCache, found: "snapshots/0af3",
            ["blobs/", "refs/main", "snapshots/0af3/config.json"]),
        DirectoryFormSample("cache", .hubCache, found: "models--a--b", ["models--a--b/refs/main", "version.txt"]),
        DirectoryFormSample(
            "adapter", .adapterAsModel, use: .model, ["adapter_config.json", "adapter_model.safetensors"]),
        DirectoryFormSample("adapter without weights", .adapterWithoutWeights, use: .adapter, ["adapter_config.json"]),
        DirectoryFormSample(
            "adapter without its configuration", .adapterWithoutConfiguration, found: "adapter_model.bin",
            ["adapter_model.bin"]),
        DirectoryFormSample("model", .modelAsAdapter, use: .adapter, ["config.json", "model.safetensors"]),
        DirectoryFormSample("MLX adapter", .mlxAdapter, ["adapters.safetensors", "adapter_config.json"]),
        DirectoryFormSample("old MLX adapter", .mlxAdapter, found: "adapters.npz", ["adapters.npz"]),
    ]
}
