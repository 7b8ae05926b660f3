/// A parsed JSON value, in which nothing is converted, merged or rounded.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(ByteString)
    case array(JSONArray)
    case object(JSONObject)

    /// The kind of value, as part of a message.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A number as it is written. Hugging Face writes integers that fit no machine type, so the text is kept and converted
/// only when a field is used.
public struct JSONNumber: Equatable, Sendable {
    /// The number's text: ASCII, valid JSON.
    public let lexeme: String

    /// The number as an integer; nil if it is written with a fraction or exponent, or does not fit.
    public var integer: Int? { lexeme == "-0" ? nil : Int(lexeme) }

    /// The nearest double; nil if it overflows.
    public var double: Double? { Double(lexeme).flatMap { $0.isFinite ? $0 : nil } }
}

/// A JSON array. Its elements are read from the document one after the other.
public struct JSONArray: Sequence, Equatable, Sendable {
    private let tape: JSONTape
    private let position: Int

    /// `position` is that of the array's entry.
    init(tape: JSONTape, position: Int) {
        self.tape = tape
        self.position = position
    }

    public func makeIterator() -> Iterator {
        Iterator(tape: tape, position: position + 1, end: tape.entries[position].extent)
    }

    public struct Iterator: IteratorProtocol {
        let tape: JSONTape
        var position: Int
        let end: Int

        public mutating func next() -> JSONValue? {
            if position == end { return nil }
            defer { position = tape.next(after: position) }
            return tape.value(at: position)
        }
    }

    public var isEmpty: Bool { tape.entries[position].extent == position + 1 }

    /// The first element; nil if there is none.
    public var first: JSONValue? { isEmpty ? nil : tape.value(at: position + 1) }

    /// The number of elements, in linear time.
    public var count: Int {
        var count = 0
        var element = position + 1
        while element < tape.entries[position].extent {
            count += 1
            element = tape.next(after: element)
        }
        return count
    }

    /// Returns an element, in time linear in its index, which must be below `count`.
    public subscript(index: Int) -> JSONValue {
        var element = position + 1
        for _ in 0..<index { element = tape.next(after: element) }
        precondition(element < tape.entries[position].extent, "the index is below the number of elements")
        return tape.value(at: element)
    }

    public static func == (left: JSONArray, right: JSONArray) -> Bool { left.elementsEqual(right) }
}
