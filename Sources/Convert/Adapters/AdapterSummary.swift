import SkipFiles
import SkipModel

/// A summary of an adapter's files, read without a model to merge into.
public struct AdapterSummary: Sendable {
    /// A module that the adapter changes.
    public struct Module: Sendable {
        /// The name of the module's weight in a plain checkpoint.
        public let weight: String
        /// The rank of the product.
        public let rank: Int
        /// The factor on the product; nil if the adapter does not state an alpha.
        public let effectiveScale: Double?
        /// Whether it has a magnitude vector (DoRA).
        public let hasMagnitude: Bool
        /// The shape of the product.
        public let shape: TensorShape?
    }

    /// The last component of the adapter's path.
    public let name: String
    /// The path of the adapter's tensors.
    public let path: String
    /// The number of tensors.
    public let tensorCount: Int
    /// Whether `adapter_config.json` exists. If not, the values that it states are nil or false.
    public let isConfigured: Bool
    /// The default rank of `adapter_config.json`.
    public let rank: Int?
    /// The default alpha of `adapter_config.json`.
    public let alpha: Double?
    /// Whether the scale is alpha / √rank instead of alpha / rank.
    public let usesRankStabilizedScale: Bool
    /// The name of the base model that the adapter was trained on.
    public let baseModelName: String?
    /// The adapted modules, in byte order of their names.
    public let modules: [Module]
    /// The names, in a plain checkpoint, of the weights that the adapter replaces.
    public let replacements: [String]
    /// The names of tensors that are not used, because the configuration does not target their modules.
    public let notTargeted: [String]
    /// What PEFT assumes for fields that the configuration does not have, such as `r = 8`.
    public let assumptions: [String]

    /// Returns whether the path is a directory with `adapter_config.json`.
    public static func isAdapterDirectory(_ path: String) throws(InputError) -> Bool {
        guard try FileProbe.isDirectory(path) else { return false }
        return try FileProbe.exists(path + "/" + AdapterPaths.configurationName)
    }

    /// Reads a directory that PEFT saved, or a file of LoRA tensors. The same rules apply as in a merge.
    public init(reading path: String) throws(InputError) {
        let adapter = try ParsedAdapter.open(AdapterInput(path: path), givenAlpha: nil, checksums: .optional)
        let tensors = AdapterTensors(adapter: adapter, firstSource: 0)
        var modules: [Module] = []
        for module in adapter.modules {
            let update = try tensors.unscaledUpdate(of: module)
            modules.append(
                Module(
                    weight: "\(module.weightName)", rank: update.rank,
                    effectiveScale: adapter.configuration == nil ? nil : try tensors.scale(of: module).effective,
                    hasMagnitude: update.magnitude != nil, shape: update.shape))
        }
        name = adapter.name
        self.path = adapter.path
        tensorCount = adapter.tensorCount
        isConfigured = adapter.configuration != nil
        rank = adapter.configuration?.rank
        alpha = adapter.configuration?.alpha
        usesRankStabilizedScale = adapter.configuration?.usesRankStabilizedScale ?? false
        baseModelName = adapter.configuration?.baseModelName?.description
        self.modules = modules
        replacements = adapter.replacements.map { "\($0.name)" }
        notTargeted = adapter.notTargeted.map { "\($0)" }
        assumptions = adapter.configuration?.assumptions ?? []
    }
}
