import Convert

extension InputRule {
    /// The rule that is broken, in words.
    var summary: String {
        switch self {
        case .safetensorsHeaderLength: "too short for a safetensors file"
        case .safetensorsHeaderStart: "the safetensors header is not a JSON object"
        case .safetensorsHeaderBeyondFile: "the safetensors header is longer than the file"
        case .safetensorsHeaderTooLarge, .jsonTooLarge, .tokenizerTooLarge: "too large to be read"
        case .safetensorsHeaderEncoding: "the safetensors header is not clean UTF-8"
        case .safetensorsHeaderWhitespace: "the safetensors header is padded with something else than spaces"
        case .safetensorsDuplicateName: "a name appears twice in the safetensors header"
        case .safetensorsEntry: "malformed tensor entry"
        case .safetensorsMetadata: "malformed __metadata__"
        case .safetensorsUnknownType: "unknown element type"
        case .safetensorsUnsupportedType: "unsupported element type"
        case .safetensorsShape: "malformed shape"
        case .safetensorsShapeOverflow: "impossibly large shape"
        case .safetensorsRank: "too many dimensions"
        case .safetensorsOffsets: "data_offsets do not fit the tensor"
        case .safetensorsCoverage: "tensors do not cover the file exactly"
        case .safetensorsTruncated: "the file is shorter than its header says"
        case .safetensorsTensorCount: "too many tensors"
        case .safetensorsDepth: "the header is nested too deeply"
        case .safetensorsNameLength: "a tensor's name is too long"
        case .shardName: "a shard's name is not a plain file name"
        case .notRegularFile: "not a regular file"
        case .shardMissing: "a shard is missing"
        case .shardContents: "shards and index disagree"
        case .indexSyntax: "malformed shard index"
        case .checkpointMissing: "no checkpoint here"
        case .configSyntax, .tokenizerSyntax: "malformed JSON"
        case .configField, .configValue, .tokenizerField: "unusable configuration value"
        case .configHeads: "attention heads do not divide"
        case .configLayerCount: "the configuration has more layers than the checkpoint"
        case .configVocabulary, .tokenizerVocabulary: "tokenizer and model disagree about the vocabulary"
        case .tokenizerTokenID, .tokenizerSpecialID: "a token id that cannot be"
        case .tokenizerBytesMissing: "the vocabulary lacks bytes"
        case .tokenizerMerge: "unusable merge"
        case .tokenizerUnknownPattern: "unknown pre-tokenizer pattern"
        case .tokenizerAddedToken: "unusable added token"
        case .tokenizerUnsupported: "unsupported tokenizer"
        case .unsupportedArchitecture: "unsupported architecture"
        case .unsupportedConfigValue: "unsupported configuration value"
        case .tensorMissing: "a tensor is missing"
        case .tensorUnexpected: "unexpected tensor"
        case .tensorShape: "wrong shape"
        case .tensorDuplicate: "a tensor under two names"
        case .tensorElementType: "weights must be floats"
        case .quantizedCheckpoint: "the checkpoint is quantized already"
        case .routerIncomplete: "incomplete router"
        case .routerWithoutLayer: "a router for a layer that the model does not have"
        case .routerUnknownTensor: "unknown kind of router"
        case .routersAbsent: "no routers in the file"
        case .routersTwice: "two sets of routers"
        case .tokenList: "not a list of token ids"
        case .traceTensor: "not a trace of this model"
        case .nonFiniteWeight: "a weight is not a finite number"
        case .float16Overflow: "a weight does not fit the output type"
        case .inputChanged: "the input changed while it was read"
        case .inputUnreadable: "cannot read"
        }
    }

    /// What the user can do, where it is not obvious.
    var hint: String? {
        switch self {
        case .safetensorsTruncated, .safetensorsHeaderBeyondFile: "download or copy the file again"
        case .safetensorsCoverage: "other loaders may accept such a file; write it again with safetensors' save_file"
        case .shardMissing: "download every shard that model.safetensors.index.json names"
        case .checkpointMissing: "give the Hugging Face directory that holds config.json and the safetensors files"
        case .quantizedCheckpoint: "convert the float checkpoint that it was made from"
        case .routersAbsent: "give the file that router training saved"
        case .routersTwice: "leave --router out, or convert the plain base checkpoint"
        case .routerWithoutLayer, .tensorShape, .configLayerCount: "do the files belong to the same model?"
        case .float16Overflow: "use --outtype bf16 or f32"
        case .inputChanged: "run again when nothing writes to it"
        default: nil
        }
    }
}
