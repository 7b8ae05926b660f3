import SkipFiles
import Testing

@testable import SkipConvert

/// The expectations are those of PEFT's `check_target_module_exists`.
@Suite struct TargetRuleTests {
    private static let query = "model.layers.1.self_attn.q_proj"

    private static func rule(_ json: String) throws -> TargetRule {
        let value = try JSONReader.parse(Array(json.utf8))
        guard case .object(let object) = value else { throw CancellationError() }
        let config = ConfigReader(file: "adapter_config.json", object: object, fieldRule: .adapterField)
        return try TargetRuleReader(config: config).read()
    }

    @Test(arguments: [
        (#"{"target_modules": ["q_proj"]}"#, true), (#"{"target_modules": ["self_attn.q_proj"]}"#, true),
        (#"{"target_modules": ["_proj"]}"#, false), (#"{"target_modules": ["q_proj."]}"#, false),
        (#"{"target_modules": ["Q_proj"]}"#, false), (#"{"target_modules": [".*q_proj"]}"#, false),
        (#"{"target_modules": ["model.layers.1.self_attn.q_proj"]}"#, true), (#"{"target_modules": []}"#, false),
        (#"{"target_modules": "q_proj"}"#, false), (#"{"target_modules": ".*q_proj"}"#, true),
        (#"{"target_modules": ".*q"}"#, false), (#"{"target_modules": "ALL-linear"}"#, true),
        (#"{"target_modules": "dummy-target-modules"}"#, false), (#"{"target_modules": null}"#, true), ("{}", true),
        (#"{"target_modules": ["q_proj"], "exclude_modules": ["self_attn.q_proj"]}"#, false),
        (#"{"target_modules": ["q_proj"], "exclude_modules": ["self_attn"]}"#, true),
        (#"{"target_modules": ["q_proj"], "exclude_modules": ".*layers\\.1\\..*"}"#, false),
        (#"{"target_modules": ["q_proj"], "exclude_modules": "layers\\.1"}"#, true),
        (#"{"target_modules": ["q_proj"], "exclude_modules": ""}"#, true),
        (#"{"target_modules": "all-linear", "exclude_modules": ["q_proj"]}"#, false),
        (#"{"target_modules": ["q_proj"], "modules_to_save": ["self_attn"]}"#, false),
        (#"{"target_modules": ["q_proj"], "modules_to_save": ["q_pr.j"]}"#, false),
        (#"{"target_modules": ["q_proj"], "modules_to_save": ["proj"]}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": 1}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": 0}"#, false),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [0, 1]}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": []}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": "layers"}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": ["h", "layers"]}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": ["h", "blocks"]}"#, false),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": "lay.*?s"}"#, true),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": "h|layers"}"#, false),
        (#"{"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": []}"#, true),
        (#"{"target_modules": ["model.layers.1.self_attn.q_proj"], "layers_to_transform": [0]}"#, true),
    ])
    func decidesAsPEFT(_ json: String, _ isTargeted: Bool) throws {
        #expect(try Self.rule(json).includes(ByteString(Self.query)) == isTargeted)
    }

    @Test func allLinearExcludesEmbeddingAndHead() throws {
        let rule = try Self.rule(#"{"target_modules": "all-linear"}"#)
        #expect(rule.includes("model.layers.0.mlp.down_proj"))
        #expect(!rule.includes("lm_head"))
        #expect(!rule.includes("model.embed_tokens"))
    }

    /// A module without a layer's number is in no layer.
    @Test func layersDoNotContainTheHead() throws {
        let rule = try Self.rule(#"{"target_modules": ["model.norm", "norm"], "layers_to_transform": [0]}"#)
        #expect(rule.includes("model.norm"))
        #expect(!rule.includes("model.other.norm"))
    }
}
