import SkipFiles

/// The stack, its marks and the memo.
extension PickleReader {
    /// The lowest position that an operation may access: the last mark, or the bottom.
    private var base: Int { marks.last ?? 0 }

    mutating func push(_ value: PickleValue) throws(InputError) {
        if stack.count == Self.stackLimit {
            throw fault(.pickleTooLarge, found: "more than \(Self.stackLimit) values on the stack")
        }
        stack.append(value)
    }

    mutating func pop() throws(InputError) -> PickleValue {
        guard stack.count > base, let value = stack.popLast() else { throw underflow() }
        return value
    }

    /// Removes the top values and returns them, lowest first.
    mutating func pop(count: Int) throws(InputError) -> [PickleValue] {
        guard stack.count - base >= count else { throw underflow() }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    /// Returns the top value without removing it.
    func top() throws(InputError) -> PickleValue {
        guard stack.count > base, let value = stack.last else { throw underflow() }
        return value
    }

    mutating func openMark() throws(InputError) {
        if marks.count == Self.heightLimit {
            throw fault(.pickleDepth, found: "more than \(Self.heightLimit) open marks")
        }
        marks.append(stack.count)
    }

    /// Removes the last mark and all values above it, and returns the values.
    mutating func popToMark() throws(InputError) -> [PickleValue] {
        guard let mark = marks.popLast() else {
            throw fault(.pickleStack, found: "no open mark", required: "a MARK before this operation")
        }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func underflow() -> InputError {
        fault(.pickleStack, found: "too few values on the stack", required: "the operands of this operation")
    }

    // MARK: The memo

    /// Stores the top of the stack in the memo under a number.
    mutating func remember(_ number: Int) throws(InputError) {
        if !memo.keep(try top(), under: number) {
            throw fault(.pickleTooLarge, found: "value \(number) for a full memo")
        }
    }

    /// Stores the top of the stack in the memo under the number of stored values.
    mutating func memoize() throws(InputError) { try remember(memo.count) }

    func remembered(_ number: Int) throws(InputError) -> PickleValue {
        guard let value = memo[number] else {
            throw fault(.pickleMemo, found: "no value \(number) in the memo", required: "the number of a stored value")
        }
        return value
    }
}
