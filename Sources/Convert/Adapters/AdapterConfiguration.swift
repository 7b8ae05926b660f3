import SkipFiles

/// The fields of `adapter_config.json` that a merge depends on.
struct AdapterConfiguration {
    let rank: Int
    let alpha: Double
    /// Whether the scale is alpha / √rank instead of alpha / rank.
    let usesRankStabilizedScale: Bool
    /// Whether every adapted matrix has a magnitude vector (DoRA).
    let usesMagnitudes: Bool
    /// Whether every adapted matrix has an addend for the bias of its module.
    let addsToBiases: Bool
    /// Ranks and alphas of single modules, in the order in which PEFT matches them.
    let rankPattern: [(module: ModulePattern, rank: Int)]
    let alphaPattern: [(module: ModulePattern, alpha: Double)]
    /// Which modules the adapter changes. PEFT does not load the tensors of others.
    let targets: TargetRule
    /// Names of modules that the adapter replaces completely.
    let savedModules: [ByteString]
    /// Whether a replaced embedding stays tied to the output head.
    let keepsWeightsTied: Bool
    /// The name of the base model that the adapter was trained on.
    let baseModelName: ByteString?
    /// What PEFT assumes for fields that the file does not have, such as `r = 8`.
    let assumptions: [String]

    /// Returns the rank of a module, given by its name in the model that PEFT wrapped.
    func rank(of module: ByteString) -> Int { rankPattern.first { $0.module.matches(module) }?.rank ?? rank }

    /// Returns the alpha of a module, given by its name in the model that PEFT wrapped.
    func alpha(of module: ByteString) -> Double { alphaPattern.first { $0.module.matches(module) }?.alpha ?? alpha }

    /// The number of steps to match a name of one byte with all patterns.
    var matchCost: Int {
        targets.cost + rankPattern.map(\.module.cost).reduce(0, +) + alphaPattern.map(\.module.cost).reduce(0, +)
    }
}
