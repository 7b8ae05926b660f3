import SkipFiles

/// What `adapter_config.json` says that a merge depends on.
struct AdapterConfiguration {
    let rank: Int
    let alpha: Double
    /// The scale is alpha / √rank instead of alpha / rank.
    let usesRankStabilizedScale: Bool
    /// Every adapted matrix has a magnitude vector (DoRA).
    let usesMagnitudes: Bool
    /// Every adapted matrix comes with something to add to its module's bias.
    let addsToBiases: Bool
    /// Ranks and alphas of single modules, in the order in which PEFT tries them.
    let rankPattern: [(module: ModulePattern, rank: Int)]
    let alphaPattern: [(module: ModulePattern, alpha: Double)]
    /// The layers that have an adapter; nil: any.
    let layers: Set<Int>?
    /// Names of modules that the adapter replaces whole.
    let savedModules: [ByteString]
    /// An embedding that is replaced stays tied to the head.
    let keepsWeightsTied: Bool
    /// What the adapter was trained on, as it calls it.
    let baseModelName: ByteString?

    /// Rank and alpha of a module, given by its name without `.weight`.
    func rank(of module: ByteString) -> Int { rankPattern.first { $0.module.matches(module) }?.rank ?? rank }

    func alpha(of module: ByteString) -> Double { alphaPattern.first { $0.module.matches(module) }?.alpha ?? alpha }
}

/// A key of `rank_pattern` or `alpha_pattern`: the end of a module's name, whole components of it.
///
/// PEFT takes keys for regular expressions. Those are not evaluated here: a key with one of their special characters is
/// refused, and in what remains a dot means a dot.
struct ModulePattern: Equatable {
    /// With `.block` and wrappers removed, as in the names that it is compared with.
    let suffix: ByteString

    /// Nil if the key is a regular expression.
    init?(_ key: ByteString) {
        let special = Set("^$*+?()[]{}|\\".utf8)
        guard !key.bytes.isEmpty, !key.bytes.contains(where: special.contains) else { return nil }
        suffix = TrainingName(key).canonical
    }

    func matches(_ module: ByteString) -> Bool {
        if module == suffix { return true }
        return module.bytes.count > suffix.bytes.count
            && module.bytes.suffix(suffix.bytes.count).elementsEqual(suffix.bytes)
            && module.bytes[module.bytes.count - suffix.bytes.count - 1] == UInt8(ascii: ".")
    }
}
