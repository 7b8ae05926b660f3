import Convert
import Runtime

/// The tokens of a text file.
enum TextTokens {
    /// The largest text, in bytes.
    static let byteLimit = 1 << 30

    /// Encodes the whole file, without the special tokens that the tokenizer would put around it.
    static func read(_ path: String, _ opened: OpenedModel) throws -> [UInt32] {
        let tokenizer = try opened.naming { () throws(RuntimeError) in try opened.model.tokenizer() }
        let file = try InputFile(opening: path)
        if file.byteCount > byteLimit {
            throw UsageError(message: "\(path) has more than \(ByteCount.text(byteLimit))")
        }
        return tokenizer.encode(try file.bytes(0..<file.byteCount), addSpecialTokens: false, parseSpecialTokens: false)
    }
}
