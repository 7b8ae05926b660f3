import SkipRuntime
import SkipTokenizer

/// Returns the text with which a model continues `prompt`: at most `tokenCount` tokens, each the most probable one.
func generate(_ prompt: String, tokenCount: Int, with path: String) throws -> String {
    let model = try RoutedModel(opening: path)
    let tokenizer = try model.tokenizer()
    let session = try Session(model)
    var sampler = try Sampler()
    var decoder = StreamingDecoder(tokenizer)
    var text: [UInt8] = []
    try session.generate(
        prompt: tokenizer.encode(prompt), maximumTokenCount: tokenCount, sampler: &sampler
    ) { token in
        text += decoder.append(token)
        return true
    }
    return String(decoding: text + decoder.finish(), as: UTF8.self)
}
