import SkipDiagnostics
import SkipFiles

/// Reads the text of a prompt.
enum PromptReader {
    /// The largest prompt, in bytes.
    static let byteLimit = 1 << 28

    /// Reads a file without the line break at its end.
    ///
    /// - Throws: `InputError`, `UsageError`.
    static func file(_ path: String) throws -> [UInt8] {
        let file = try InputFile(opening: path)
        if file.byteCount > byteLimit { throw tooLong }
        return withoutLineBreak(try file.bytes(0..<file.byteCount))
    }

    /// Reads standard input to its end, without the line break there.
    ///
    /// - Throws: `SystemFailure`, `UsageError`.
    static func standardInput() throws -> [UInt8] {
        guard let bytes = try StandardStream.readInput(limit: byteLimit) else { throw tooLong }
        return withoutLineBreak(bytes)
    }

    private static var tooLong: UsageError {
        UsageError("the prompt has more than \(ByteCount.text(byteLimit))")
    }

    private static func withoutLineBreak(_ bytes: [UInt8]) -> [UInt8] {
        bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
    }
}
