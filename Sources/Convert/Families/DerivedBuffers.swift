import SkipFiles

/// Tensors of checkpoints that are not weights: buffers that versions of Transformers and training frameworks saved, and
/// that the configuration determines.
enum DerivedBuffers {
    /// The last components of their names: rotary frequencies and tables, positions, masks, counters, and the state that
    /// Transformer Engine adds to each of its modules.
    private static let lastComponents: Set<ByteString> = [
        "inv_freq", "original_inv_freq", "long_inv_freq", "short_inv_freq", "cos_cached", "sin_cached", "cos_cache",
        "sin_cache", "cos_sin_cache", "rope_cache", "freqs_cis", "freqs_cos", "freqs_sin",
        "position_ids", "pos_ids", "token_type_ids",
        "causal_mask", "_causal_mask", "attention_mask", "attn_mask", "mask", "mask_cache", "tril", "masked_bias",
        "num_batches_tracked", "n_averaged", "num_updates", "global_step", "_extra_state", "_float_tensor",
    ]

    /// Longer endings, where the last component alone could be a weight: a causal mask in GPT-2's manner, and the
    /// frequencies of Meta's own code.
    private static let endings = ["rope.freqs", "self_attn.bias", "attention.bias", "attn.bias"]

    /// Modules that compute rotary embeddings. They have buffers only.
    private static let rotaryModules: Set<ByteString> = [
        "rotary_emb", "rotary_emb_local", "rotary_embedding", "rotary_embeddings", "rotary_pos_emb",
    ]

    static func contains(_ name: ByteString) -> Bool {
        let bytes = name.bytes
        let components = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { ByteString(bytes: Array($0)) }
        guard let last = components.last else { return false }
        if lastComponents.contains(last) || endings.contains(where: { hasEnding($0, bytes) }) { return true }
        return components.count > 1 && rotaryModules.contains(components[components.count - 2])
            && last != "weight" && last != "bias"
    }

    /// Whether a name ends with these whole components.
    private static func hasEnding(_ ending: String, _ name: [UInt8]) -> Bool {
        ([UInt8(ascii: ".")] + name).reversed().starts(with: ("." + ending).utf8.reversed())
    }
}
