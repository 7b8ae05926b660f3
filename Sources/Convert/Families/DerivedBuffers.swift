import SkipFiles

/// Tensors of checkpoints that are not weights: buffers that versions of Transformers and training frameworks saved, and
/// that the configuration determines.
enum DerivedBuffers {
    /// The last components of their names: rotary frequencies and tables, positions, masks, counters.
    private static let lastComponents: Set<ByteString> = [
        "inv_freq", "original_inv_freq", "long_inv_freq", "short_inv_freq", "cos_cached", "sin_cached", "cos_cache",
        "sin_cache", "freqs_cis", "position_ids", "causal_mask", "attention_mask", "masked_bias",
        "num_batches_tracked",
    ]

    /// Longer endings, where the last component alone could be a weight: a causal mask in GPT-2's manner, and the
    /// frequencies of Meta's own code.
    private static let endings = ["rope.freqs", "self_attn.bias", "attention.bias", "attn.bias"]

    static func contains(_ name: ByteString) -> Bool {
        // The name as a component of its own: every ending begins at a component.
        let bytes = [UInt8(ascii: ".")] + name.bytes
        let last = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? []
        return lastComponents.contains(ByteString(bytes: Array(last)))
            || endings.contains { ending in bytes.reversed().starts(with: ("." + ending).utf8.reversed()) }
    }
}
