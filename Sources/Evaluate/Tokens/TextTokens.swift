import SkipFiles
import SkipRuntime

/// Reads the tokens of a text file.
package enum TextTokens {
    /// The largest text, in bytes.
    package static let byteLimit = 1 << 30

    /// Encodes the whole file, without the special tokens that the tokenizer adds before and after a text.
    package static func read(_ path: String, _ opened: OpenedModel) throws(EvaluationError) -> [UInt32] {
        let tokenizer = try opened.naming { () throws(RuntimeError) in try opened.model.tokenizer() }
        let file = try EvaluationError.input { () throws(InputError) in try InputFile(opening: path) }
        if file.byteCount > byteLimit { throw .textTooLarge(path: path) }
        let text = try EvaluationError.input { () throws(InputError) in try file.bytes(0..<file.byteCount) }
        return tokenizer.encode(text, addSpecialTokens: false, parseSpecialTokens: false)
    }
}
