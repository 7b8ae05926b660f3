import SkipModel

/// The record of a merged adapter: the numbers of its tensors, its ranks and its scales.
public struct MergedAdapter: Equatable, Sendable {
    /// The last component of the adapter's path.
    public let name: String
    /// The path of the adapter's tensors.
    public let path: String
    /// The factor that the user gave.
    public let scale: Double
    /// The number of tensors in the adapter's files.
    public let tensorCount: Int
    /// The number of merged tensors. The others belong to modules that the configuration does not target.
    public internal(set) var appliedCount = 0
    /// The number of matrices that a product was added to.
    public internal(set) var adaptedCount = 0
    /// The number of tensors that replaced weights.
    public internal(set) var replacedCount = 0
    /// The ranks of the products, ascending, without duplicates.
    public internal(set) var ranks: [Int] = []
    /// The values of alpha, ascending, without duplicates.
    public internal(set) var alphas: [Double] = []
    /// The factors on the products, user's scale included, ascending, without duplicates.
    public internal(set) var effectiveScales: [Double] = []
    /// Whether the scale is alpha / √rank instead of alpha / rank.
    public let usesRankStabilizedScale: Bool
    /// Whether rows were scaled to the lengths of magnitude vectors (DoRA).
    public internal(set) var usesMagnitudes = false
    /// Whether the alpha is the user's, because the adapter has no configuration.
    public let alphaWasGiven: Bool
    /// The name of the base model that the adapter was trained on.
    public let baseModelName: String?
    /// What PEFT assumes for fields that the configuration does not have, such as `r = 8`.
    public let assumptions: [String]
    /// Names of modules of the model that the configuration targets, but that have no tensors in the adapter. They do
    /// not change.
    public internal(set) var modulesWithoutTensors: [String] = []

    init(_ adapter: ParsedAdapter) {
        name = adapter.name
        path = adapter.path
        scale = adapter.scale
        tensorCount = adapter.tensorCount
        usesRankStabilizedScale = adapter.configuration?.usesRankStabilizedScale ?? false
        alphaWasGiven = adapter.configuration == nil
        baseModelName = adapter.configuration?.baseModelName?.description
        assumptions = adapter.configuration?.assumptions ?? []
    }

    /// Records a product.
    mutating func count(_ update: LowRankUpdate, alpha: Double, effectiveScale: Double) {
        adaptedCount += 1
        if update.magnitude != nil { usesMagnitudes = true }
        let rank = update.rank
        if !ranks.contains(rank) { ranks = (ranks + [rank]).sorted() }
        if !alphas.contains(alpha) { alphas = (alphas + [alpha]).sorted() }
        if !effectiveScales.contains(effectiveScale) { effectiveScales = (effectiveScales + [effectiveScale]).sorted() }
    }
}
