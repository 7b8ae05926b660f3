/// The values of absent fields: the documented defaults of a family's configuration class in Transformers.
struct DecoderDefaults {
    var activation = "silu"
    var normEpsilon = 1e-6
    var maximumPositionCount = 2048
    var rotaryTheta = 10_000.0
    var tiesWordEmbeddings = false
    /// Nil: no such token.
    var beginOfTextTokenID: Int?
    var endOfTextTokenID: Int?

    /// Of `LlamaConfig`.
    static let llama = DecoderDefaults(beginOfTextTokenID: 1, endOfTextTokenID: 2)
}
