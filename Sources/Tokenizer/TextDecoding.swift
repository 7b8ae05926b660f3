/// Joins tokens to text, one by one, by the decoding steps of a tokenizer.
struct TextDecoding {
    private let steps: DecodingSteps
    /// Bytes that are not text yet: the start of an incomplete character or, with byte fallback, a run of byte tokens.
    private var pending: [UInt8] = []
    /// Where the last character of `pending` begins that may be incomplete.
    private var pendingBoundary = 0
    /// Whether the run of byte tokens is known not to be UTF-8.
    private var isRunInvalid = false
    private var isFirstToken = true
    /// How many more characters are removed from the start of the text.
    private var stripCount: UInt32

    init(_ steps: DecodingSteps) {
        self.steps = steps
        stripCount = steps.stripCount
    }

    /// Appends the text that a token completes.
    mutating func append(_ token: Span<UInt8>, to output: inout [UInt8]) {
        if steps.joinsBytes {
            for index in token.indices { pending.append(token[index]) }
            let taken = UTF8Text.appendRepaired(pending.span, to: &output)
            pending.removeFirst(taken)
        } else if steps.fallsBackToBytes, let byte = ByteToken.byte(token) {
            append(byte, to: &output)
        } else {
            endRun(to: &output)
            appendText(replaced(token), to: &output)
        }
        isFirstToken = false
    }

    /// Appends the text of the bytes that no token completes.
    mutating func finish(to output: inout [UInt8]) {
        if steps.joinsBytes {
            if !pending.isEmpty { output += UTF8Text.replacement }
            pending = []
        } else {
            endRun(to: &output)
        }
    }

    // MARK: Byte fallback

    /// Adds a byte to the run. All bytes of a run become U+FFFD as soon as it cannot be UTF-8.
    private mutating func append(_ byte: UInt8, to output: inout [UInt8]) {
        pending.append(byte)
        if !isRunInvalid {
            switch UTF8Text.sequence(in: pending.span, at: pendingBoundary) {
            case .incomplete: return
            case .scalar:
                pendingBoundary = pending.count
                return
            case .invalid: isRunInvalid = true
            }
        }
        for _ in pending { appendText(UTF8Text.replacement, to: &output) }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func endRun(to output: inout [UInt8]) {
        if !pending.isEmpty {
            if pendingBoundary == pending.count {
                appendText(pending, to: &output)
            } else {
                for _ in pending { appendText(UTF8Text.replacement, to: &output) }
            }
        }
        pending.removeAll(keepingCapacity: true)
        pendingBoundary = 0
        isRunInvalid = false
    }

    // MARK: Text

    private func replaced(_ token: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        if let (old, new, dropsFirst) = steps.metaspace {
            TextReplacement.append(token, replacing: old, with: dropsFirst && isFirstToken ? [] : new, to: &text)
            return text
        }
        guard let first = steps.replacements.first else {
            for index in token.indices { text.append(token[index]) }
            return text
        }
        TextReplacement.append(token, replacing: first.old, with: first.new, to: &text)
        for step in steps.replacements.dropFirst() {
            text = TextReplacement.replacing(step.old, with: step.new, in: text)
        }
        return text
    }

    private mutating func appendText(_ text: [UInt8], to output: inout [UInt8]) {
        guard stripCount > 0, !text.isEmpty else {
            output += text
            return
        }
        var rest = text[...]
        while stripCount > 0, rest.starts(with: steps.stripped) {
            rest.removeFirst(steps.stripped.count)
            stripCount -= 1
        }
        if !rest.isEmpty { stripCount = 0 }
        output += rest
    }
}

/// The decoding steps of a tokenizer in the form in which they are executed.
struct DecodingSteps: Sendable {
    private(set) var joinsBytes = false
    private(set) var replacements: [(old: [UInt8], new: [UInt8])] = []
    private(set) var fallsBackToBytes = false
    private(set) var stripped: [UInt8] = []
    private(set) var stripCount: UInt32 = 0
    private(set) var metaspace: (old: [UInt8], new: [UInt8], dropsFirst: Bool)?

    init(_ steps: [DecodingStep]) {
        for step in steps {
            switch step {
            case .bytes: joinsBytes = true
            case .replace(let old, let new): replacements.append((old, new))
            case .byteFallback: fallsBackToBytes = true
            case .stripStart(let text, let count): (stripped, stripCount) = (text, count)
            case .metaspace(let text, let dropsFirst): metaspace = (text, [UInt8(ascii: " ")], dropsFirst)
            }
        }
    }
}
