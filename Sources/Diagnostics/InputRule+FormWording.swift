import SkipFiles

extension InputRule {
    /// What a file, a directory or a set of tensors is, and what to do, for the rules whose id begins with `FM`.
    /// `specs/inputs.md` lists them.
    var form: (summary: String, hint: String?) {
        switch self {
        case .gitLFSPointer:
            (
                "a Git LFS pointer, not the file itself",
                "download the contents with git lfs pull or hf download"
            )
        case .webPage:
            (
                "an HTML page, not the file itself",
                "download the file again: use /resolve/ in place of /blob/ in the address, and log in if the model is gated"
            )
        case .textFile:
            (
                "a text file, not weights",
                "download the file again if the text is a server's error message, and give only files of tensors"
            )
        case .emptyFile: ("an empty file", "download or copy the file again")
        case .zeroFile: ("a file of zeros, as a failed download leaves it", "download or copy the file again")
        case .partialDownload: ("an unfinished download", "let the download finish, or start it again")
        case .ggufFile:
            (
                "a GGUF file of llama.cpp, not a Hugging Face checkpoint",
                "give the Hugging Face directory that the GGUF file was made from"
            )
        case .ggmlFile:
            (
                "a GGML file of an old llama.cpp, not a Hugging Face checkpoint",
                "give the Hugging Face directory that the GGML file was made from"
            )
        case .onnxFile:
            (
                "an ONNX model, not a Hugging Face checkpoint",
                "give the Hugging Face directory that the ONNX model was exported from"
            )
        case .tensorFlowFile:
            (
                "a TensorFlow or Keras model, not safetensors",
                "load it with Transformers 4 and from_tf=True, and save it with save_pretrained"
            )
        case .flaxFile:
            (
                "a Flax model, not safetensors",
                "load it with Transformers 4 and from_flax=True, and save it with save_pretrained"
            )
        case .numpyFile:
            (
                "a NumPy file, not safetensors",
                "load it with numpy.load and write it with save_file of safetensors.numpy, under the names of a checkpoint"
            )
        case .nemoFile:
            (
                "a NeMo archive, not a Hugging Face checkpoint",
                "export it to Hugging Face format with the scripts of NeMo"
            )
        case .deployedModel:
            (
                "a model compiled for another runtime",
                "give the Hugging Face directory that it was exported from"
            )
        case .archiveFile:
            (
                "an archive or a compressed file, not a checkpoint",
                "unpack it, and give the directory or the file inside"
            )
        case .fileNameMismatch:
            (
                "a file whose extension does not say what it is",
                "rename it: .safetensors for a safetensors file; .bin, .pt or .pth for a torch file"
            )
        case .compiledModel:
            (
                "a .skipgpt file, which is compiled already",
                "give the checkpoint that it was compiled from; skipc quantize and skipc dequantize read .skipgpt files"
            )
        case .packedModel:
            (
                "a .skipz package of a .skipgpt file, which is compiled already",
                "give the checkpoint that it was compiled from; skipc unpack restores the .skipgpt file"
            )
        case .fileAsDirectory:
            (
                "a file, but the model's directory is needed",
                "give the directory with config.json, and the file with --checkpoint, --router or --lora"
            )
        case .metaCheckpoint:
            (
                "a Llama in Meta's own format, not a Hugging Face checkpoint",
                "convert it with convert_llama_weights_to_hf.py of Transformers, or download the Hugging Face files of the model"
            )
        case .mistralCheckpoint:
            (
                "a model in Mistral's own format, not a Hugging Face checkpoint",
                "convert it with convert_mistral_weights_to_hf.py of Transformers, or download the Hugging Face files of the model"
            )
        case .deepSpeedShards:
            (
                "a DeepSpeed checkpoint, whose weights are in shards of the training run",
                "run zero_to_fp32.py on it, and give its output"
            )
        case .distributedShards:
            (
                "a checkpoint of FSDP or torch.distributed.checkpoint, in shards of the training run",
                "merge the shards with accelerate merge-weights, or with dcp_to_torch of torch.distributed.checkpoint.format_utils"
            )
        case .megatronShards:
            (
                "a Megatron checkpoint, not a Hugging Face one",
                "export it to Hugging Face format with Megatron Bridge or the converters of Megatron-LM"
            )
        case .emptyTensors:
            (
                "tensors without elements, saved under DeepSpeed ZeRO 3 without gathering",
                "save again with stage3_gather_16bit_weights_on_model_save, or run zero_to_fp32.py on the training checkpoint"
            )
        case .shardsWithoutIndex:
            (
                "shards without their index",
                "copy model.safetensors.index.json or pytorch_model.bin.index.json beside the shards"
            )
        case .configMissing:
            (
                "a checkpoint without config.json",
                "copy config.json beside the weights, or give them with --checkpoint and a directory with config.json"
            )
        case .mlxAdapter:
            (
                "an adapter of MLX (mlx-lm), not of PEFT",
                "merge it with mlx_lm.fuse, and convert the fused model"
            )
        case .foreignAdapter:
            (
                "a LoRA in the form of diffusers, kohya or LyCORIS, not of PEFT",
                "convert it to PEFT's form, if it belongs to a language model"
            )
        case .adapterAsModel:
            (
                "an adapter, not a model",
                "give the base model as the model's directory, and the adapter with --lora"
            )
        case .modelAsAdapter:
            (
                "a model, not an adapter",
                "give what PEFT saved with --lora, or the model as the model's directory"
            )
        case .routersOnly: ("a file of routers", "give it with --router")
        case .adapterWithoutWeights:
            (
                "an adapter's directory without the adapter's weights",
                "copy adapter_model.safetensors into it"
            )
        case .adapterWithoutConfiguration:
            (
                "an adapter's weights without adapter_config.json",
                "copy adapter_config.json beside the weights, or give the file itself with --lora and --lora-alpha"
            )
        case .emptyDirectory: ("an empty directory", "give the directory that holds the model or the adapter")
        case .parentDirectory: ("a directory around that of the model or the adapter", "give the directory inside")
        case .hubCache:
            (
                "a directory of the Hugging Face cache, not the model inside",
                "give the directory below snapshots/"
            )
        case .tokenizerOnly:
            (
                "a tokenizer without a model",
                "give the directory that also has config.json and the weights"
            )
        case .datasetDirectory: ("a data set, not a model", "give the directory of a model")
        case .otherLibrary:
            (
                "a model of another library than Transformers",
                "give the directory of a language model in Hugging Face format"
            )
        case .brokenLink:
            ("a link to a file that does not exist", "download the file again, or copy it with the links followed")
        case .singleShard:
            (
                "one shard of a checkpoint, not all of its tensors",
                "give the directory with all shards and their index, without --checkpoint"
            )
        default: ("", nil)
        }
    }
}
