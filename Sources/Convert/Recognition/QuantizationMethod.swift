import SkipFiles

/// A method that quantized a checkpoint, as `config.json` and the names of its tensors say it.
enum QuantizationMethod: CaseIterable {
    case mlx, bitsandbytes, gptq, awq, compressedTensors, modelOpt, fp8, fbgemm, hqq, eetq, aqlm, vptq, quipSharp,
        quanto
    case torchAO, quark, higgs, spqr, bitNet, mxfp4, autoRound, unnamed

    /// The name as its authors spell it.
    var displayName: String {
        switch self {
        case .mlx: "MLX"
        case .bitsandbytes: "bitsandbytes"
        case .gptq: "GPTQ"
        case .awq: "AWQ"
        case .compressedTensors: "compressed-tensors"
        case .modelOpt: "ModelOpt"
        case .fp8: "FP8"
        case .fbgemm: "FBGEMM FP8"
        case .hqq: "HQQ"
        case .eetq: "EETQ"
        case .aqlm: "AQLM"
        case .vptq: "VPTQ"
        case .quipSharp: "QuIP#"
        case .quanto: "Quanto"
        case .torchAO: "TorchAO"
        case .quark: "Quark"
        case .higgs: "HIGGS"
        case .spqr: "SpQR"
        case .bitNet: "BitNet"
        case .mxfp4: "MXFP4"
        case .autoRound: "AutoRound"
        case .unnamed: "a method of an unknown name"
        }
    }

    /// The values of `quant_method` in `config.json`, lowercased.
    var configurationNames: [String] {
        switch self {
        case .mlx: ["mlx"]
        case .bitsandbytes: ["bitsandbytes"]
        case .gptq: ["gptq"]
        case .awq: ["awq", "gemm"]
        case .compressedTensors: ["compressed-tensors", "compressed_tensors"]
        case .modelOpt: ["modelopt"]
        case .fp8: ["fp8", "finegrained_fp8"]
        case .fbgemm: ["fbgemm_fp8"]
        case .hqq: ["hqq"]
        case .eetq: ["eetq"]
        case .aqlm: ["aqlm"]
        case .vptq: ["vptq"]
        case .quipSharp: ["quip", "quip_sharp"]
        case .quanto: ["quanto"]
        case .torchAO: ["torchao"]
        case .quark: ["quark"]
        case .higgs: ["higgs"]
        case .spqr: ["spqr"]
        case .bitNet: ["bitnet"]
        case .mxfp4: ["mxfp4"]
        case .autoRound: ["auto-round", "auto_round"]
        case .unnamed: []
        }
    }

    /// The last components of tensor names that only this method writes: all names of one of the lists must occur. The
    /// first method of `allCases` that fits counts, so a longer list comes before a part of it.
    var tensorNames: [[ByteString]] {
        switch self {
        case .mlx: [["scales", "biases"]]
        case .bitsandbytes:
            [
                ["bitsandbytes__nf4"], ["bitsandbytes__fp4"], ["absmax", "quant_map"], ["SCB"],
                ["nested_absmax", "nested_quant_map"],
            ]
        case .gptq: [["qweight", "g_idx"]]
        case .awq: [["qweight", "qzeros"]]
        case .compressedTensors: [["weight_packed"]]
        case .modelOpt: [["weight_scale_2"], ["pre_quant_scale"]]
        case .fp8: [["weight_scale_inv"]]
        case .fbgemm: [["input_scale_ub", "weight_scale"]]
        case .hqq: [["W_q"]]
        case .eetq: [["weight_scales"]]
        case .aqlm: [["codes", "codebooks"]]
        case .vptq: [["indices", "weight_scale"]]
        case .quipSharp: [["Qidxs"]]
        case .quanto: [["_data", "_scale"]]
        case .torchAO: [["_weight_qdata"], ["qdata"]]
        case .quark: []
        case .higgs: [["tables2", "scales"]]
        case .spqr: [["dense_weights", "row_offsets"]]
        case .bitNet: []
        case .mxfp4: [["down_proj_blocks", "down_proj_scales"]]
        case .autoRound: []
        // What several methods write: GPTQ's relatives, and FP8 in several forms.
        case .unnamed: [["qweight"], ["weight_scale"], ["weight_zero_point"], ["scales"]]
        }
    }

    /// Returns the method that wrote tensors with these last components of names; nil for a float checkpoint.
    static func recognized(in lastComponents: Set<ByteString>) -> (method: QuantizationMethod, evidence: ByteString)? {
        for method in allCases {
            for names in method.tensorNames where lastComponents.isSuperset(of: names) {
                return (method, names[0])
            }
        }
        return nil
    }
}
