/// The largest numbers of an adapter. They are far beyond what training uses.
public enum AdapterLimits {
    /// Bounds the work for each weight, whose update is a sum of as many products.
    static let maximumRank = 4_096
    public static let maximumAlpha = 1_048_576.0
    /// The largest absolute value of `AdapterInput.scale`.
    public static let maximumScale = 1_000_000.0
    static let maximumSavedModuleCount = 256
    /// The most steps to match all names with all patterns of an adapter: a second, or a few for nested loops.
    static let maximumMatchCost = 1 << 26
}
