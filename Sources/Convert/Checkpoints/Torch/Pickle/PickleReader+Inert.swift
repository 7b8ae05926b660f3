import SkipFiles

/// Inert values. Their contents are popped from the stack and dropped, so they cannot contain themselves.
extension PickleReader {
    /// Replaces a class and its arguments by an instance, which must be inert.
    mutating func newObject() throws(InputError) {
        let operands = try pop(count: 2)
        guard case .global(.inert(let type)) = operands[0], case .tuple(let tuple) = operands[1] else {
            throw fault(
                .pickleOpcode, found: "an instance of \(operands[0].kindName) from \(operands[1].kindName)",
                required: "a listed class and a tuple")
        }
        try pushInert(type, heap.containers[tuple].items, by: .new)
    }

    /// Pushes the value of a call or of a new instance. Arguments are checked for their number and kind only.
    mutating func pushInert(_ type: PickleInertType, _ arguments: [PickleValue], by use: PickleInertType.Uses)
        throws(InputError)
    {
        guard type.uses.contains(use), type.argumentCounts.contains(arguments.count) else {
            throw fault(
                .pickleOpcode, found: "a call of \(type.name) with \(arguments.count) arguments",
                required: type.uses.contains(use) ? "\(type.argumentCounts)" : "a class or function that is called")
        }
        if type.uses.contains(.classFirst), let first = arguments.first {
            switch first {
            case .none, .global: break
            default:
                throw fault(
                    .pickleOpcode, found: "a call of \(type.name) with \(first.kindName)", required: "a listed class")
            }
        }
        try push(.inert(type))
    }

    /// Adds values to the set on top of the stack.
    mutating func addItems(_ values: [PickleValue]) throws(InputError) {
        guard case .inert(.set) = try top() else {
            throw fault(.pickleItems, found: try top().kindName, required: "a set to add to")
        }
        try checkMembers(values)
    }

    mutating func pushFrozenSet(_ values: [PickleValue]) throws(InputError) {
        try checkMembers(values)
        try push(.inert(.frozenSet))
    }

    private func checkMembers(_ values: [PickleValue]) throws(InputError) {
        for value in values {
            switch value {
            case .list, .dictionary, .storage:
                throw fault(.pickleItems, found: "\(value.kindName) in a set", required: "a hashable value")
            default: continue
            }
        }
    }
}
