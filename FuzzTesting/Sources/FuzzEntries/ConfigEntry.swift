import SkipFiles
import SkipModel

@testable import SkipConvert
@testable import SkipFormat

/// Reads arbitrary bytes as `config.json`. The format can store an accepted configuration.
enum ConfigEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let path = "config.json"
        let object = try JSONFile.object(bytes, file: path, syntaxRule: .configSyntax)
        let config = ConfigReader(file: path, object: object, record: ConfigurationRecord())
        let family = try CheckpointFamilies.family(config)
        var configuration = try family.configuration(config)
        let biases = try family.biases(config, configuration)
        try UnreadFields(config: config, className: family.classNames[0], ignoredFields: family.ignoredFields)
            .check(configuration)
        // The front end reports too many of them.
        configuration.endOfTextTokenIDs = Array(Set(configuration.endOfTextTokenIDs).sorted().prefix(8))
        try require(configuration.hiddenSize > 0 && configuration.headDimension % 2 == 0, "the sizes are possible")
        try require(
            configuration.attentionHeadCount % configuration.keyValueHeadCount == 0, "heads share keys evenly")
        try require(
            biases.allSatisfy { $0.layer.map(configuration.layers.indices.contains) ?? true }, "the layers exist")
        do throws(LayoutError) { try configuration.canonical().checkLimits() } catch {
            throw BrokenProperty(description: "the format cannot store it: \(error)")
        }
    }
}
