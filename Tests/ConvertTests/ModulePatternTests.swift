import SkipFiles
import Testing

@testable import SkipConvert

/// Keys of `rank_pattern` and `alpha_pattern`. The expectations are those of PEFT's `get_pattern_key`:
/// `re.match(rf"(.*\.)?({key})$", name)`.
@Suite struct ModulePatternTests {
    private static let name: ByteString = "model.layers.1.self_attn.q_proj"

    @Test(arguments: [
        "q_proj", "self_attn.q_proj", "model.layers.1.self_attn.q_proj", "q.proj", "layers.1.self_attn.q_proj",
        "^model.layers.1.self_attn.q_proj", #"layers\.1\.self_attn\.q_proj"#, "......",
        "q_proj$", "layers.[01].*", "(q|k)_proj", #"layers\.\d+\.self_attn\.\w+"#, "^model.*", "k_proj|q_proj",
        "q_proj|k_proj", #"(?P<idx>layers)\.1\..*q_proj"#, "q_prok?j", "(?!k)._proj", "x)|(.*q_proj",
    ])
    func keysThatMatch(key: String) throws { #expect(try ModulePattern(ByteString(key)).matches(Self.name)) }

    @Test(arguments: [
        "proj", "_proj", "k_proj", "layers.11.self_attn.q_proj", "base_model.model.model.layers.1.self_attn.q_proj",
        "^q_proj", "^layers.1.self_attn.q_proj", #"q\.proj"#, "q_proj.", ".......",
        "", "^", "q^proj", "layers.[02].*", "(k|v)_proj", "^(layers.*)", "(?!q)._proj",
    ])
    func keysThatDoNotMatch(key: String) throws { #expect(try !ModulePattern(ByteString(key)).matches(Self.name)) }

    @Test(arguments: [#"(q)_\1"#, "(?<=q)_proj", "(q_proj", "q_proj)", "[q", "*", "q_proj{2", "(?i)Q_PROJ"])
    func unsupportedKeysAreRefused(key: String) {
        #expect(throws: RegularExpression.Refusal.self) { try ModulePattern(ByteString(key)) }
    }
}
