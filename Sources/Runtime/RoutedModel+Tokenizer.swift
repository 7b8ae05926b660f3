import SkipTokenizer

extension RoutedModel {
    /// Whether the file holds a tokenizer.
    public var hasTokenizer: Bool { unsafe file?.tokenizerTable != nil }

    /// The tokenizer that the file carries, valid while the model lives. Checking its table takes about a millisecond,
    /// so keep it.
    ///
    /// - Throws: `noTokenizer`, `invalidTokenizer`.
    public func tokenizer() throws(RuntimeError) -> CompiledTokenizer {
        // SAFETY: the model keeps the file mapped, and the table's bytes do not change.
        guard let table = unsafe file?.tokenizerTable else { throw .noTokenizer }
        do throws(TokenizerTableError) {
            return try unsafe CompiledTokenizer(validating: table)
        } catch {
            throw .invalidTokenizer(error)
        }
    }
}
