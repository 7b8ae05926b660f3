import SkipFiles
import SkipTokenizer

/// Turns tokens into text and writes it while it is generated: complete characters up to a stop string, or ids without
/// a tokenizer.
struct TextWriter {
    private let writes: Bool
    private let hasTokenizer: Bool
    private var decoder: StreamingDecoder?
    private var filter: StopStringFilter
    private var failure: SystemFailure?
    private(set) var ids: [UInt32] = []
    private(set) var text: [UInt8] = []

    /// - Parameter writes: whether to write to standard output; otherwise the text is only collected.
    init(tokenizer: CompiledTokenizer?, stopStrings: [String], writes: Bool) {
        self.writes = writes
        hasTokenizer = tokenizer != nil
        decoder = tokenizer.map { StreamingDecoder($0) }
        filter = StopStringFilter(stopStrings)
    }

    /// The string that ended the text.
    var stopString: String? { filter.found.map { String(decoding: $0, as: UTF8.self) } }

    /// Adds a token. Returns false if generation should stop: at a stop string, or if writing failed.
    mutating func append(_ token: UInt32) -> Bool {
        ids.append(token)
        if let bytes = decoder?.append(token) {
            write(filter.append(bytes))
        } else if writes {
            write(Array("\(token)\n".utf8))
        }
        return failure == nil && filter.found == nil
    }

    /// Writes the remaining text, and a line break.
    ///
    /// - Throws: the error of an earlier `append`, or of this call.
    mutating func finish() throws(SystemFailure) {
        if let rest = decoder?.finish() {
            write(filter.append(rest))
            write(filter.finish())
            if writes, failure == nil { try StandardStream.output.write("\n") }
        }
        if let failure { throw failure }
    }

    private mutating func write(_ bytes: [UInt8]) {
        if hasTokenizer { text += bytes }
        guard writes, failure == nil else { return }
        do { try StandardStream.output.write(bytes) } catch { failure = error }
    }
}
