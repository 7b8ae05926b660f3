import SkipFiles

/// The match of a program from the start of a name.
struct RegularExpressionMatch {
    private let program: RegularExpressionProgram
    private let name: [UInt8]
    private let endsWithName: Bool
    /// For each position in the name and each instruction, whether executing it there leads to a match.
    private var leads: [[Bool]] = []

    /// Matches from the last position to the first. `endsWithName` is whether the match must reach the end of the name.
    init(_ program: RegularExpressionProgram, name: [UInt8], endsWithName: Bool) {
        self.program = program
        self.name = name
        self.endsWithName = endsWithName
        let none = [Bool](repeating: false, count: program.instructions.count)
        leads = Array(repeating: none, count: name.count + 1)
        for position in (0...name.count).reversed() {
            for region in program.regions { complete(region, at: position) }
        }
    }

    var isMatch: Bool { leads[0][0] }

    /// Finds all instructions of a region that lead to a match at a position.
    ///
    /// A region's lookaheads are complete before the region is, so no entry ever becomes false again. A further round
    /// is needed only after a jump backward, which only loops have.
    private mutating func complete(_ region: Range<Int>, at position: Int) {
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in region.reversed() where !leads[position][index] && instructionLeads(index, position) {
                leads[position][index] = true
                hasChanged = true
            }
        }
    }

    private func instructionLeads(_ index: Int, _ position: Int) -> Bool {
        switch program.instructions[index] {
        case .byte(let set):
            position < name.count && set.contains(name[position]) && leads[position + 1][index + 1]
        case .assertion(let assertion): holds(assertion, position) && leads[position][index + 1]
        case .split(let preferred, let other): leads[position][preferred] || leads[position][other]
        case .jump(let target): leads[position][target]
        case .capture: leads[position][index + 1]
        case .lookahead(let next, let isNegative):
            leads[position][index + 1] != isNegative && leads[position][next]
        case .lookaheadEnd: true
        case .end: !endsWithName || position == name.count
        }
    }

    private func holds(_ assertion: RegularExpressionNode.Assertion, _ position: Int) -> Bool {
        switch assertion {
        case .start: position == 0
        case .veryEnd: position == name.count
        case .end: position == name.count || position == name.count - 1 && name[position] == UInt8(ascii: "\n")
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ position: Int) -> Bool {
        name.indices.contains(position) && ByteSet.wordBytes.contains(name[position])
    }

    /// The text of the captured group; nil if it takes no part in the match.
    ///
    /// Follows the match that a backtracking matcher finds: of two ways it prefers the first that leads to a match.
    /// Every loop consumes bytes, because the parser refuses loops over what can be empty.
    var capture: ByteString? {
        guard isMatch else { return nil }
        var (index, position) = (0, 0)
        var start: Int?
        var text: ByteString?
        while true {
            switch program.instructions[index] {
            case .byte: (index, position) = (index + 1, position + 1)
            case .split(let preferred, let other): index = leads[position][preferred] ? preferred : other
            case .jump(let target): index = target
            case .assertion: index += 1
            case .capture(let isEnd):
                if !isEnd {
                    start = position
                } else if let start {
                    text = ByteString(bytes: Array(name[start..<position]))
                }
                index += 1
            case .lookahead(let next, _): index = next
            case .end, .lookaheadEnd: return text
            }
        }
    }
}
