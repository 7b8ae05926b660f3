import SkipFiles
import SkipModel

/// What an adapter's files hold, read without a model to merge into.
public struct AdapterSummary: Sendable {
    /// A module that the adapter changes.
    public struct Module: Sendable {
        /// The name of its weight in a plain checkpoint.
        public let weight: String
        public let rank: Int
        /// Of the product; nil if nobody says the alpha.
        public let effectiveScale: Double?
        public let hasMagnitude: Bool
        /// The shape of the weight that the product fits.
        public let shape: TensorShape?
    }

    public let name: String
    /// The path of the tensors.
    public let path: String
    public let tensorCount: Int
    /// `adapter_config.json` is there.
    public let isConfigured: Bool
    public let rank: Int?
    public let alpha: Double?
    public let usesRankStabilizedScale: Bool
    public let baseModelName: String?
    public let modules: [Module]
    /// Weights that the adapter replaces, by their names in a plain checkpoint.
    public let replacements: [String]

    /// A path at which an adapter may stand: a directory with `adapter_config.json`.
    public static func isAdapterDirectory(_ path: String) -> Bool {
        FileProbe.isDirectory(path) && FileProbe.exists(path + "/adapter_config.json")
    }

    /// Reads a directory that PEFT saved, or a file of LoRA tensors, by the rules of a merge.
    public init(reading path: String) throws(InputError) {
        let adapter = try ParsedAdapter.open(AdapterInput(path: path), givenAlpha: nil, checksums: .optional)
        let merge = AdapterTensors(of: adapter, firstSource: 0)
        var modules: [Module] = []
        for module in adapter.modules {
            let tensors = try merge.tensors(of: module)
            modules.append(
                Module(
                    weight: "\(module.weightName)", rank: tensors.loraA.shape.rowCount,
                    effectiveScale: adapter.configuration == nil ? nil : try merge.effectiveScale(of: module),
                    hasMagnitude: tensors.magnitude != nil, shape: tensors.shape))
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
    }
}
