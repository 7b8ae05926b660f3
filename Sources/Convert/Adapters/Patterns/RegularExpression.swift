import SkipFiles

/// A regular expression in the part of Python's syntax whose meaning is the same for every name of a module.
///
/// Matching takes time linear in the program's length times the name's length, whatever the pattern, because it
/// computes for each position which instructions lead to a match. See `specs/decisions/0013-pefts-patterns.md`.
struct RegularExpression {
    /// The longest accepted pattern, in bytes.
    static let maximumByteCount = 4_096
    /// The longest program. Counted repetitions multiply instructions.
    static let maximumInstructionCount = 16_384
    /// The name of the group whose text `capture(atStartOf:)` returns.
    static let capturedGroup: ByteString = "idx"

    /// Why a pattern is not accepted.
    struct Refusal: Error, Equatable {
        /// The construct, such as `a backreference`.
        let construct: String
    }

    let program: RegularExpressionProgram

    /// Compiles a pattern. Throws if it is malformed, too long, or uses a construct that is not supported.
    init(_ pattern: ByteString) throws(Refusal) {
        if pattern.count > Self.maximumByteCount {
            throw Refusal(construct: "more than \(Self.maximumByteCount) bytes")
        }
        program = try RegularExpressionProgram(RegularExpressionParser.parse(pattern))
    }

    /// The number of steps to match a name of one byte.
    var cost: Int { program.instructions.count }

    /// Returns what Python's `re.fullmatch` returns.
    func matches(all name: ByteString) -> Bool {
        RegularExpressionMatch(program, name: name.bytes, endsWithName: true).isMatch
    }

    /// Returns what Python's `re.match` returns.
    func matches(startOf name: ByteString) -> Bool {
        RegularExpressionMatch(program, name: name.bytes, endsWithName: false).isMatch
    }

    /// Returns the text of the group `idx` in the match that Python's `re.match` finds; nil if there is no match or the
    /// group takes no part in it.
    func capture(atStartOf name: ByteString) -> ByteString? {
        RegularExpressionMatch(program, name: name.bytes, endsWithName: false).capture
    }
}

/// A set of bytes.
struct ByteSet: Equatable {
    private var words = SIMD4<UInt64>()

    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & 1 << UInt64(byte & 63) != 0 }

    var inverted: ByteSet {
        var set = self
        set.words = ~words
        return set
    }

    mutating func formUnion(_ other: ByteSet) { words |= other.words }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let wordBytes = ByteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8)
    static let spaces = ByteSet(" \t\n\r\u{B}\u{C}".utf8)
    /// What a dot matches.
    static let allButNewline = ByteSet("\n".utf8).inverted
}

/// A parsed regular expression.
indirect enum RegularExpressionNode {
    case byte(ByteSet)
    case sequence([RegularExpressionNode])
    /// One of several, the first that leads to a match.
    case alternatives([RegularExpressionNode])
    /// `maximum` is nil if there is none. A lazy repetition prefers fewer.
    case repetition(RegularExpressionNode, minimum: Int, maximum: Int?, isLazy: Bool)
    case group(RegularExpressionNode, name: ByteString?)
    case lookahead(RegularExpressionNode, isNegative: Bool)
    case assertion(Assertion)

    /// Whether it can match without consuming a byte.
    var canBeEmpty: Bool {
        switch self {
        case .byte: false
        case .sequence(let nodes): nodes.allSatisfy(\.canBeEmpty)
        case .alternatives(let nodes): nodes.contains(where: \.canBeEmpty)
        case .repetition(let node, let minimum, _, _): minimum == 0 || node.canBeEmpty
        case .group(let node, _): node.canBeEmpty
        case .lookahead, .assertion: true
        }
    }

    /// A condition on a position in the name.
    enum Assertion {
        /// `^` and `\A`
        case start
        /// `$`: the end, or before a newline at the end
        case end
        /// `\Z`
        case veryEnd
        /// `\b`
        case wordBoundary
        /// `\B`
        case noWordBoundary
    }
}
