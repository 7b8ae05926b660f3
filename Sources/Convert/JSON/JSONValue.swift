import Model

/// A JSON value as it stands in a file: nothing is converted, merged or rounded.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(ByteString)
    case array([JSONValue])
    case object(JSONObject)

    /// What kind of value it is, in JSON's words.
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

/// A number as written. Hugging Face writes integers that no machine type holds, so the text is kept and converted only
/// when a field is used.
public struct JSONNumber: Equatable, Sendable {
    /// The number's text: ASCII, valid JSON.
    public let lexeme: String

    /// The number as an integer; nil if it is written with a fraction or exponent, or does not fit.
    public var integer: Int? { lexeme == "-0" ? nil : Int(lexeme) }

    /// The nearest double; nil if it overflows.
    public var double: Double? { Double(lexeme).flatMap { $0.isFinite ? $0 : nil } }
}

/// A JSON object: its members in the order of the file, keys unique by bytes.
public struct JSONObject: Equatable, Sendable {
    public struct Member: Equatable, Sendable {
        public let key: ByteString
        /// Position of the key's opening quote in the parsed bytes.
        public let keyOffset: Int
        public let value: JSONValue
    }

    public let members: [Member]

    /// The value of a key; nil if the object has no such member. Linear: for objects of known, few keys.
    public subscript(key: ByteString) -> JSONValue? { members.first { $0.key == key }?.value }
}
