/// An adapter that was merged: what of it took effect, and how strongly.
public struct MergedAdapter: Equatable, Sendable {
    /// The last component of the path that was given.
    public let name: String
    public let path: String
    /// The factor that the user gave.
    public let scale: Double
    /// Tensors in its files, and those that took effect: the same number, or the merge is an error.
    public let tensorCount: Int
    public internal(set) var appliedCount = 0
    /// Matrices with a product merged.
    public internal(set) var adaptedCount = 0
    /// Tensors that took others' places.
    public internal(set) var replacedCount = 0
    /// Ranks of the products, ascending, without duplicates.
    public internal(set) var ranks: [Int] = []
    /// Values of alpha, ascending, without duplicates.
    public internal(set) var alphas: [Double] = []
    /// The factors on the products with everything multiplied in, ascending, without duplicates.
    public internal(set) var effectiveScales: [Double] = []
    public let usesRankStabilizedScale: Bool
    /// Rows were brought to the lengths that magnitudes give (DoRA).
    public internal(set) var usesMagnitudes = false
    /// The alpha is the user's: the files do not say one.
    public let alphaWasGiven: Bool
    /// What the adapter was trained on, as it calls it.
    public let baseModelName: String?

    init(_ adapter: ParsedAdapter) {
        name = adapter.name
        path = adapter.path
        scale = adapter.scale
        tensorCount = adapter.tensorCount
        usesRankStabilizedScale = adapter.configuration?.usesRankStabilizedScale ?? false
        alphaWasGiven = adapter.configuration == nil
        baseModelName = adapter.configuration?.baseModelName?.description
    }

    mutating func count(rank: Int, alpha: Double, effectiveScale: Double) {
        adaptedCount += 1
        if !ranks.contains(rank) { ranks = (ranks + [rank]).sorted() }
        if !alphas.contains(alpha) { alphas = (alphas + [alpha]).sorted() }
        if !effectiveScales.contains(effectiveScale) { effectiveScales = (effectiveScales + [effectiveScale]).sorted() }
    }
}
