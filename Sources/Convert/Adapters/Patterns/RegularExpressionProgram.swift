import SkipFiles

/// A regular expression as instructions. Instruction 0 is the first.
struct RegularExpressionProgram {
    private(set) var instructions: [Instruction] = []
    /// The instructions of each lookahead, inner ones before outer ones, and then all.
    private(set) var regions: [Range<Int>] = []

    /// Where it is not said otherwise, the next instruction continues.
    enum Instruction {
        /// Consumes a byte of the set.
        case byte(ByteSet)
        case assertion(RegularExpressionNode.Assertion)
        /// Continues at `preferred`, or else at `other`.
        case split(preferred: Int, other: Int)
        case jump(Int)
        /// The start or the end of the captured group.
        case capture(isEnd: Bool)
        /// Continues at `next` if the instructions from the next one on lead to `lookaheadEnd`, or if they do not.
        case lookahead(next: Int, isNegative: Bool)
        case lookaheadEnd
        /// The end of the expression.
        case end
    }

    init(_ node: RegularExpressionNode) throws(RegularExpression.Refusal) {
        try emit(node)
        try append(.end)
        regions.append(0..<instructions.count)
    }

    private mutating func append(_ instruction: Instruction) throws(RegularExpression.Refusal) {
        if instructions.count == RegularExpression.maximumInstructionCount {
            throw RegularExpression.Refusal(construct: "repetitions that multiply to too many parts")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: RegularExpressionNode) throws(RegularExpression.Refusal) {
        switch node {
        case .byte(let set): try append(.byte(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let nodes):
            for node in nodes { try emit(node) }
        case .group(let node, let name):
            let isCaptured = name == RegularExpression.capturedGroup
            if isCaptured { try append(.capture(isEnd: false)) }
            try emit(node)
            if isCaptured { try append(.capture(isEnd: true)) }
        case .alternatives(let nodes): try emitAlternatives(nodes)
        case .lookahead(let node, let isNegative):
            let start = instructions.count
            try append(.lookaheadEnd)
            try emit(node)
            try append(.lookaheadEnd)
            instructions[start] = .lookahead(next: instructions.count, isNegative: isNegative)
            regions.append(start + 1..<instructions.count)
        case .repetition(let node, let minimum, let maximum, let isLazy):
            for _ in 0..<minimum { try emit(node) }
            if let maximum {
                try emitOptional(node, count: maximum - minimum, isLazy: isLazy)
            } else {
                let start = instructions.count
                try append(.end)
                try emit(node)
                try append(.jump(start))
                instructions[start] = Self.split(start + 1, instructions.count, isLazy: isLazy)
            }
        }
    }

    private mutating func emitAlternatives(_ nodes: [RegularExpressionNode]) throws(RegularExpression.Refusal) {
        var jumps: [Int] = []
        for node in nodes.dropLast() {
            let split = instructions.count
            try append(.end)
            try emit(node)
            jumps.append(instructions.count)
            try append(.end)
            instructions[split] = .split(preferred: split + 1, other: instructions.count)
        }
        if let last = nodes.last { try emit(last) }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    /// Emits a node that may occur up to `count` times.
    private mutating func emitOptional(
        _ node: RegularExpressionNode, count: Int, isLazy: Bool
    ) throws(RegularExpression.Refusal) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            try append(.end)
            try emit(node)
        }
        for split in splits { instructions[split] = Self.split(split + 1, instructions.count, isLazy: isLazy) }
    }

    private static func split(_ body: Int, _ exit: Int, isLazy: Bool) -> Instruction {
        isLazy ? .split(preferred: exit, other: body) : .split(preferred: body, other: exit)
    }
}
