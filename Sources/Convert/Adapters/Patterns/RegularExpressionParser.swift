import SkipFiles

/// Parses the supported part of Python's syntax of regular expressions.
///
/// A construct that is not in this file is refused by its name, so that no pattern gets another meaning than in Python.
struct RegularExpressionParser {
    typealias Node = RegularExpressionNode
    typealias Refusal = RegularExpression.Refusal

    private var rest: ArraySlice<UInt8>
    private var depth = 0
    private var groupNames: Set<ByteString> = []

    private static let maximumDepth = 32
    private static let maximumRepetition = 1_000

    static func parse(_ pattern: ByteString) throws(Refusal) -> Node {
        var parser = RegularExpressionParser(rest: pattern.bytes[...])
        let node = try parser.alternatives()
        if !parser.rest.isEmpty { throw Refusal(construct: "an unbalanced )") }
        return node
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest.removeFirst(text.utf8.count)
        return true
    }

    private mutating func alternatives() throws(Refusal) -> Node {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(Refusal) -> Node {
        var nodes: [Node] = []
        while let byte = rest.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            nodes.append(try repeated(atom()))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    // MARK: Repetitions

    private mutating func repeated(_ node: Node) throws(Refusal) -> Node {
        guard let (minimum, maximum) = try bounds() else { return node }
        switch node {
        case .assertion, .lookahead: throw Refusal(construct: "a repeated assertion")
        default: break
        }
        if maximum == nil, node.canBeEmpty { throw Refusal(construct: "a repetition of what can be empty") }
        let isLazy = take("?")
        if rest.first == UInt8(ascii: "+") { throw Refusal(construct: "a possessive repetition") }
        if rest.first.map({ "*?{".utf8.contains($0) }) == true {
            throw Refusal(construct: "a repetition of a repetition")
        }
        return .repetition(node, minimum: minimum, maximum: maximum, isLazy: isLazy)
    }

    /// Parses `*`, `+`, `?`, `{m}`, `{m,}`, `{,n}` or `{m,n}`; nil if there is no repetition.
    private mutating func bounds() throws(Refusal) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        let minimum = try number()
        let hasComma = take(",")
        let maximum = hasComma ? try number() : minimum
        guard take("}"), minimum != nil || maximum != nil else {
            throw Refusal(construct: "a { that begins no repetition")
        }
        if let minimum, let maximum, minimum > maximum { throw Refusal(construct: "a repetition {m,n} with m > n") }
        return (minimum ?? 0, maximum)
    }

    private mutating func number() throws(Refusal) -> Int? {
        let digits = rest.prefix { ByteSet.digits.contains($0) }
        rest.removeFirst(digits.count)
        if digits.isEmpty { return nil }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), number <= Self.maximumRepetition else {
            throw Refusal(construct: "a repetition of more than \(Self.maximumRepetition)")
        }
        return number
    }

    // MARK: Atoms

    private mutating func atom() throws(Refusal) -> Node {
        guard let byte = rest.popFirst() else { throw Refusal(construct: "a missing part") }
        switch byte {
        case UInt8(ascii: "."): return .byte(.allButNewline)
        case UInt8(ascii: "^"): return .assertion(.start)
        case UInt8(ascii: "$"): return .assertion(.end)
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "["): return .byte(try bracketedSet())
        case UInt8(ascii: "\\"): return try escape()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw Refusal(construct: "a repetition of nothing")
        default: return .byte(ByteSet([try ascii(byte)]))
        }
    }

    /// Python matches characters and not bytes, which is the same in ASCII only.
    private func ascii(_ byte: UInt8) throws(Refusal) -> UInt8 {
        if byte >= 0x80 { throw Refusal(construct: "a character that is not ASCII") }
        return byte
    }

    private mutating func group() throws(Refusal) -> Node {
        depth += 1
        if depth > Self.maximumDepth { throw Refusal(construct: "more than \(Self.maximumDepth) nested groups") }
        var name: ByteString?
        var isNegativeLookahead: Bool?
        if take("?P<") {
            name = try groupName()
        } else if take("?=") {
            isNegativeLookahead = false
        } else if take("?!") {
            isNegativeLookahead = true
        } else if !take("?:"), rest.first == UInt8(ascii: "?") {
            throw Refusal(construct: Self.extensionName(rest))
        }
        let node = try alternatives()
        guard take(")") else { throw Refusal(construct: "an unbalanced (") }
        depth -= 1
        if let isNegativeLookahead { return .lookahead(node, isNegative: isNegativeLookahead) }
        return .group(node, name: name)
    }

    private static func extensionName(_ rest: ArraySlice<UInt8>) -> String {
        if rest.starts(with: "?<".utf8) { return "a lookbehind (?<" }
        if rest.starts(with: "?P=".utf8) { return "a backreference (?P=" }
        if rest.starts(with: "?>".utf8) { return "an atomic group (?>" }
        if rest.starts(with: "?(".utf8) { return "a conditional (?(" }
        if rest.starts(with: "?#".utf8) { return "a comment (?#" }
        return "flags, such as (?i)"
    }

    private mutating func groupName() throws(Refusal) -> ByteString {
        let bytes = rest.prefix { ByteSet.wordBytes.contains($0) }
        rest.removeFirst(bytes.count)
        let name = ByteString(bytes: Array(bytes))
        guard let first = bytes.first, !ByteSet.digits.contains(first), take(">"), groupNames.insert(name).inserted
        else { throw Refusal(construct: "an unusable name of a group") }
        return name
    }

    // MARK: Sets of bytes

    private mutating func escape() throws(Refusal) -> Node {
        if take("b") { return .assertion(.wordBoundary) }
        if take("B") { return .assertion(.noWordBoundary) }
        if take("A") { return .assertion(.start) }
        if take("Z") { return .assertion(.veryEnd) }
        return .byte(try escapedSet().set)
    }

    /// Parses what follows a backslash, in a bracketed set or outside. `byte` is nil for a class such as `\d`.
    private mutating func escapedSet() throws(Refusal) -> (set: ByteSet, byte: UInt8?) {
        guard let byte = rest.popFirst() else { throw Refusal(construct: "a backslash at the end") }
        switch byte {
        case UInt8(ascii: "d"): return (.digits, nil)
        case UInt8(ascii: "D"): return (ByteSet.digits.inverted, nil)
        case UInt8(ascii: "w"): return (.wordBytes, nil)
        case UInt8(ascii: "W"): return (ByteSet.wordBytes.inverted, nil)
        case UInt8(ascii: "s"): return (.spaces, nil)
        case UInt8(ascii: "S"): return (ByteSet.spaces.inverted, nil)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): throw Refusal(construct: "a backreference")
        case _ where ByteSet.wordBytes.contains(byte) && byte != UInt8(ascii: "_"):
            throw Refusal(construct: "the escape \\\(String(decoding: [byte], as: UTF8.self))")
        default: return (ByteSet([try ascii(byte)]), byte)
        }
    }

    /// Parses what follows a `[`.
    private mutating func bracketedSet() throws(Refusal) -> ByteSet {
        let isInverted = take("^")
        var set = ByteSet([])
        var isFirst = true
        while isFirst || rest.first != UInt8(ascii: "]") {
            isFirst = false
            let (members, start) = try setMember()
            // A hyphen at the end of the set is itself.
            guard rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]") else {
                set.formUnion(members)
                continue
            }
            rest.removeFirst()
            guard let start, let end = try setMember().byte, start <= end else {
                throw Refusal(construct: "an unusable range in brackets")
            }
            set.formUnion(ByteSet(start...end))
        }
        rest.removeFirst()
        return isInverted ? set.inverted : set
    }

    private mutating func setMember() throws(Refusal) -> (set: ByteSet, byte: UInt8?) {
        guard let byte = rest.popFirst() else { throw Refusal(construct: "an unbalanced [") }
        if byte == UInt8(ascii: "\\") { return try escapedSet() }
        return (ByteSet([try ascii(byte)]), byte)
    }
}
