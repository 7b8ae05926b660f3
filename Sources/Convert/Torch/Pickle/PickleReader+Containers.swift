/// Lists, tuples and dicts.
///
/// A container that has become an element of another one may not change any more. Honest pickles fill a container before
/// they place it; so none can ever hold itself, and heights are final when they are computed.
extension PickleReader {
    mutating func newContainer() throws(InputError) -> Int {
        if heap.containers.count == Self.valueLimit {
            throw fault(.pickleTooLarge, found: "more than \(Self.valueLimit) containers")
        }
        heap.containers.append(PickleContainer(offset: origin.offset(of: operationPosition)))
        return heap.containers.count - 1
    }

    mutating func pushTuple(_ values: [PickleValue]) throws(InputError) {
        let tuple = try newContainer()
        try place(values, in: tuple)
        try push(.tuple(tuple))
    }

    mutating func append(_ values: [PickleValue]) throws(InputError) {
        guard case .list(let list) = try top() else {
            throw fault(.pickleItems, found: try top().kindName, required: "a list to append to")
        }
        try place(values, in: list)
    }

    /// Adds keys and values, alternating.
    mutating func setItems(_ items: [PickleValue]) throws(InputError) {
        guard case .dictionary(let dictionary) = try top() else {
            throw fault(.pickleItems, found: try top().kindName, required: "a dict to set items of")
        }
        guard items.count.isMultiple(of: 2) else {
            throw fault(.pickleItems, found: "\(items.count) keys and values", required: "as many keys as values")
        }
        var values: [PickleValue] = []
        for index in stride(from: 0, to: items.count, by: 2) {
            guard let key = PickleKey(items[index]) else {
                throw fault(
                    .pickleItems, found: "\(items[index].kindName) as a key", required: "a string or an integer")
            }
            guard heap.containers[dictionary].knownKeys.insert(key).inserted else {
                throw fault(
                    .stateDictionary, found: "the key \(key) twice in one dict", required: "one value for each key")
            }
            heap.containers[dictionary].keys.append(key)
            values.append(items[index + 1])
        }
        try place(values, in: dictionary)
    }

    /// Takes a dict of attributes off the stack. Those of an ordered dict (`_metadata`) mean nothing here; nothing else
    /// may have any.
    mutating func build() throws(InputError) {
        let state = try pop()
        guard case .dictionary = state, case .dictionary = try top() else {
            throw fault(
                .pickleOpcode, found: "BUILD of \(try top().kindName) with \(state.kindName)", required: "two dicts")
        }
    }

    private mutating func place(_ values: [PickleValue], in container: Int) throws(InputError) {
        if heap.containers[container].isPlaced {
            throw fault(
                .pickleCycle, found: "a change to a container that is an element of another",
                required: "containers that are whole")
        }
        var height = heap.containers[container].height
        for value in values {
            guard let child = value.containerIndex else { continue }
            if child == container {
                throw fault(.pickleCycle, found: "a container that holds itself", required: "containers that do not")
            }
            heap.containers[child].isPlaced = true
            height = max(height, heap.containers[child].height + 1)
        }
        if height > Self.heightLimit {
            throw fault(
                .pickleDepth, found: "more than \(Self.heightLimit) levels of containers",
                required: "at most \(Self.heightLimit)")
        }
        heap.containers[container].height = height
        heap.containers[container].values += values
    }
}
