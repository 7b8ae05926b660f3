/// A JSON object. Members are in the order of the document, and keys are unique by bytes.
public struct JSONObject: Equatable, Sendable {
    public struct Member: Equatable, Sendable {
        public let key: ByteString
        /// The position of the key's opening quote in the parsed bytes.
        public let keyOffset: Int
        public let value: JSONValue
    }

    private let tape: JSONTape
    private let position: Int

    /// `position` is that of the object's entry.
    init(tape: JSONTape, position: Int) {
        self.tape = tape
        self.position = position
    }

    /// The members, which are read from the document one after the other.
    public var members: Members { Members(tape: tape, position: position) }

    public struct Members: Sequence, Sendable {
        let tape: JSONTape
        /// The position of the object's entry.
        let position: Int

        public var isEmpty: Bool { tape.entries[position].extent == position + 1 }

        /// The number of members, in linear time.
        public var count: Int {
            if let index = tape.indexes[position] { return index.count }
            var count = 0
            for _ in self { count += 1 }
            return count
        }

        public func makeIterator() -> Iterator {
            Iterator(tape: tape, position: position + 1, end: tape.entries[position].extent)
        }

        public struct Iterator: IteratorProtocol {
            let tape: JSONTape
            var position: Int
            let end: Int

            public mutating func next() -> Member? {
                if position == end { return nil }
                defer { position = tape.next(after: position + 1) }
                let key = tape.entries[position]
                return Member(
                    key: JSONTape.string(key, in: tape.bytes), keyOffset: key.offset - 1,
                    value: tape.value(at: position + 1))
            }
        }
    }

    /// The position of the member with this key among the members; nil if there is none.
    public func position(of key: ByteString) -> Int? { find(key)?.ordinal }

    /// The value of the member with this key; nil if there is none.
    public subscript(key: ByteString) -> JSONValue? { find(key).map { tape.value(at: $0.keyPosition + 1) } }

    /// The position of a key's opening quote in the parsed bytes; nil if there is no such member.
    func keyOffset(of key: ByteString) -> Int? { find(key).map { tape.entries[$0.keyPosition].offset - 1 } }

    /// Returns the position of a member among the members, and that of its key's entry.
    private func find(_ key: ByteString) -> (ordinal: Int, keyPosition: Int)? {
        if let index = tape.indexes[position] { return index.find(key, in: tape.entries, tape.bytes) }
        var ordinal = 0
        var keyPosition = position + 1
        while keyPosition < tape.entries[position].extent {
            if JSONTape.string(tape.entries[keyPosition], in: tape.bytes) == key { return (ordinal, keyPosition) }
            ordinal += 1
            keyPosition = tape.next(after: keyPosition + 1)
        }
        return nil
    }

    /// Compares keys and values in their order, but not positions.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
    }
}
