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
    ])
    func keysThatMatch(key: String) throws {
        #expect(try #require(ModulePattern(ByteString(key))).matches(Self.name))
    }

    @Test(arguments: [
        "proj", "_proj", "k_proj", "layers.11.self_attn.q_proj", "base_model.model.model.layers.1.self_attn.q_proj",
        "^q_proj", "^layers.1.self_attn.q_proj", #"q\.proj"#, "q_proj.", ".......",
    ])
    func keysThatDoNotMatch(key: String) throws {
        #expect(try !#require(ModulePattern(ByteString(key))).matches(Self.name))
    }

    @Test(arguments: ["", "^", "q_proj$", "layers.[01].q_proj", "(q|k)_proj", #"layers\.\d+"#, "q_proj.*", "q^proj"])
    func otherRegularExpressionsAreRefused(key: String) {
        #expect(ModulePattern(ByteString(key)) == nil)
    }
}
