import SkipFiles

/// Lists, tuples and dicts.
///
/// A container must not change after it becomes an element of another one. `torch.save` fills containers before it
/// places them. Because of this rule no container can contain itself, and heights are final when they are computed.
extension PickleReader {
    /// Creates an empty container and returns its index in the heap.
    mutating func newContainer() throws(InputError) -> Int {
        if heap.containers.count == Self.containerLimit {
            throw fault(.pickleTooLarge, found: "more than \(Self.containerLimit) containers")
        }
        heap.containers.append(PickleContainer(position: UInt32(operationPosition)))
        return heap.containers.count - 1
    }

    mutating func pushTuple(_ values: [PickleValue]) throws(InputError) {
        let tuple = try newContainer()
        try place(values, in: tuple)
        try push(.tuple(tuple))
    }

    /// Appends values to the list on top of the stack.
    mutating func append(_ values: [PickleValue]) throws(InputError) {
        if case .inert(let type) = try top(), type.uses.contains(.elements) { return }
        guard case .list(let list) = try top() else {
            throw fault(.pickleItems, found: try top().kindName, required: "a list to append to")
        }
        try place(values, in: list)
    }

    /// Adds alternating keys and values to the dict on top of the stack.
    mutating func setItems(_ items: [PickleValue]) throws(InputError) {
        guard items.count.isMultiple(of: 2) else {
            throw fault(.pickleItems, found: "\(items.count) keys and values", required: "as many keys as values")
        }
        for index in stride(from: 0, to: items.count, by: 2) where !items[index].isKey {
            throw fault(.pickleItems, found: "\(items[index].kindName) as a key", required: "a hashable value")
        }
        if case .inert(let type) = try top(), type.uses.contains(.items) { return }
        guard case .dictionary(let dictionary) = try top() else {
            throw fault(.pickleItems, found: try top().kindName, required: "a dict to set items of")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            if let key = PickleKey(items[index]), !insert(key, in: dictionary) {
                throw fault(
                    .stateDictionary, found: "the key \(key) twice in one dict", required: "one value for each key")
            }
            try place([items[index], items[index + 1]], in: dictionary)
        }
    }

    private static let smallDictionaryCount = 16

    /// Checks whether a key is new to a dict. Returns false if the dict has it already.
    private mutating func insert(_ key: PickleKey, in dictionary: Int) -> Bool {
        let items = heap.containers[dictionary].items
        if items.count / 2 < Self.smallDictionaryCount {
            return !stride(from: 0, to: items.count, by: 2).contains { PickleKey(items[$0]) == key }
        }
        if keysOfLargeDictionary[dictionary] == nil {
            keysOfLargeDictionary[dictionary] = Set(heap.entries(of: dictionary).map(\.key))
        }
        return keysOfLargeDictionary[dictionary, default: []].insert(key).inserted
    }

    /// Pops a dict of attributes and ignores it. Dicts may have attributes, such as `_metadata` of a state dict, and so
    /// may inert values, whose state may be any value.
    mutating func build() throws(InputError) {
        let state = try pop()
        if case .inert(let type) = try top(), type.uses.contains(.state) { return }
        guard case .dictionary = state, case .dictionary = try top() else {
            throw fault(
                .pickleOpcode, found: "BUILD of \(try top().kindName) with \(state.kindName)", required: "two dicts")
        }
    }

    private mutating func place(_ values: [PickleValue], in container: Int) throws(InputError) {
        if heap.containers[container].isPlaced {
            throw fault(
                .pickleCycle, found: "a change to a container that is an element of another",
                required: "containers that are filled before they are placed")
        }
        itemCount += values.count
        if itemCount > Self.itemLimit {
            throw fault(.pickleTooLarge, found: "more than \(Self.itemLimit) elements of containers")
        }
        var height = Int(heap.containers[container].height)
        for value in values {
            guard let child = value.containerIndex else { continue }
            if child == container {
                throw fault(
                    .pickleCycle, found: "a container that contains itself", required: "containers without cycles")
            }
            heap.containers[child].isPlaced = true
            height = max(height, Int(heap.containers[child].height) + 1)
        }
        if height > Self.heightLimit {
            throw fault(
                .pickleDepth, found: "more than \(Self.heightLimit) levels of containers",
                required: "at most \(Self.heightLimit)")
        }
        heap.containers[container].height = UInt8(height)
        heap.containers[container].items += values
    }
}
