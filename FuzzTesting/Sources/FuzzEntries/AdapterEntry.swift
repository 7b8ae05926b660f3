import SkipFiles

@testable import SkipConvert

/// Reads arbitrary bytes as `adapter_config.json`. Ranks and scales of an accepted one are in range for every module.
enum AdapterEntry {
    private static let modules: [ByteString] = [
        "model.layers.0.self_attn.q_proj", "model.layers.11.mlp.down_proj", "lm_head", "", "a.\n.b",
    ]
    /// Matching is linear in this number; larger ones are refused together with the number of modules.
    private static let costLimit = 100_000

    static func examine(_ bytes: [UInt8]) throws {
        try ScratchFile.with(bytes, named: "adapter_config.json") { path in
            let configuration = try AdapterConfigurationReader.read(path)
            guard configuration.matchCost <= costLimit else { return }
            for module in modules {
                let rank = configuration.rank(of: module)
                try require((1...AdapterLimits.maximumRank).contains(rank), "a rank is in range")
                try require(configuration.alpha(of: module).isFinite, "an alpha is finite")
                _ = configuration.targets.includes(module)
            }
        }
    }
}
