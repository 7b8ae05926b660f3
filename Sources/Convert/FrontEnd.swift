import Model

/// From input files to a verified graph: reads headers, never a weight.
public struct FrontEnd {
    /// A Hugging Face directory.
    public let modelDirectory: String
    /// A file of routers, safetensors or torch by its name; nil where the checkpoint holds them, or for a dense model.
    public let routerPath: String?

    public init(modelDirectory: String, routerPath: String?) {
        self.modelDirectory = modelDirectory
        self.routerPath = routerPath
    }

    /// What the front end found.
    public struct Result: Sendable {
        public let graph: ModelGraph
        /// The files that the graph's sources stand for, same order.
        public let files: [InputFile]
        /// Per file, the bytes that describe its tensors.
        public let headerRanges: [Range<Int>]
        /// Tensors of the inputs that are not in the graph, each with the reason.
        public let leftOut: [LeftOutTensor]
    }

    /// Reads the configuration and all headers and builds the graph. Every tensor of every input is used, or named in
    /// `leftOut`, or an error.
    public func read() throws(InputError) -> Result {
        let configPath = modelDirectory + "/config.json"
        let config = ConfigReader(
            file: configPath, object: try SmallFile.jsonObject(configPath, syntaxRule: .configSyntax))
        let family = try CheckpointFamilies.family(config)
        var configuration = try family.configuration(config)
        if let endOfText = try GenerationConfig(directory: modelDirectory).endOfTextTokenIDs(
            vocabularySize: configuration.vocabularySize)
        {
            configuration.endOfTextTokenIDs = endOfText
        }
        configuration.endOfTextTokenIDs = Set(configuration.endOfTextTokenIDs).sorted()
        if configuration.endOfTextTokenIDs.count > ModelConfiguration.endOfTextTokenLimit {
            throw config.error(
                .configValue, "eos_token_id", found: "\(configuration.endOfTextTokenIDs.count) tokens",
                required: "at most \(ModelConfiguration.endOfTextTokenLimit)")
        }

        let base = try Checkpoint(directory: modelDirectory)
        var builder = GraphBuilder(configuration: configuration, names: family.tensorNames, base: base)
        try builder.addRouters(from: routerPath)
        try builder.addBase(biases: try family.biases(config, configuration), configPath: configPath)
        return try builder.result()
    }
}

/// A tensor of an input that the output does not hold.
public struct LeftOutTensor: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// A buffer that follows from the configuration.
        case derivedBuffer
        /// A head beside an embedding that the configuration ties to it; Transformers ignores it too.
        case tiedHead
        /// Not a router's tensor, in a file given as routers.
        case notRouter
        /// A value in a torch file's state dict that is no tensor.
        case notTensor
        /// What a torch file holds beside its state dict, such as an optimizer's state.
        case besideStateDictionary
        /// Attributes that a torch file keeps with a parameter.
        case parameterState
        /// A record of a torch file that no tensor refers to.
        case unreferencedRecord
    }

    public let file: String
    public let name: ByteString
    public let reason: Reason
}

/// `generation_config.json`, which overrides the end-of-text tokens of `config.json` when a model generates.
private struct GenerationConfig {
    let directory: String

    func endOfTextTokenIDs(vocabularySize: Int) throws(InputError) -> [Int]? {
        let path = directory + "/generation_config.json"
        guard FileProbe.exists(path) else { return nil }
        let config = ConfigReader(file: path, object: try SmallFile.jsonObject(path, syntaxRule: .configSyntax))
        return try config.integers("eos_token_id", in: 0...vocabularySize - 1)
    }
}
