import Tokenizer

extension RoutedModel {
    /// The tokenizer that the file carries. Checking its table takes about a millisecond, so keep it.
    ///
    /// - Throws: `noTokenizer`, `invalidTokenizer`.
    public func tokenizer() throws(RuntimeError) -> CompiledTokenizer {
        // SAFETY: the model keeps the file mapped, and the table's bytes do not change.
        guard let table = unsafe file?.tokenizerTable else { throw .noTokenizer }
        do throws(TokenizerTableError) {
            return try unsafe CompiledTokenizer(validating: table)
        } catch {
            throw .invalidTokenizer(reason: "\(error)")
        }
    }
}
