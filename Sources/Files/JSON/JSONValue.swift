/// A parsed JSON value, in which nothing is converted, merged or rounded.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(ByteString)
    case array([JSONValue])
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

/// A JSON object. Members are in the order of the file, and keys are unique by bytes.
public struct JSONObject: Equatable, Sendable {
    public struct Member: Equatable, Sendable {
        public let key: ByteString
        /// The position of the key's opening quote in the parsed bytes.
        public let keyOffset: Int
        public let value: JSONValue
    }

    public let members: [Member]
    /// Nil for few members, for which comparing every key is faster.
    private let index: MemberIndex?

    private static let smallMemberCount = 8

    /// Throws `duplicateKey` if two members have the same key.
    init(members: [Member]) throws(JSONError) {
        self.members = members
        index = members.count > Self.smallMemberCount ? try MemberIndex(members) : nil
        if index == nil { try refuseDuplicates() }
    }

    private func refuseDuplicates() throws(JSONError) {
        for position in members.indices.dropFirst() {
            let member = members[position]
            if let first = members[..<position].first(where: { $0.key == member.key }) {
                throw JSONError(
                    reason: .duplicateKey(first.key, firstOffset: first.keyOffset), offset: member.keyOffset)
            }
        }
    }

    /// The position of the member with this key; nil if there is none.
    public func position(of key: ByteString) -> Int? {
        if let index { index.position(of: key, in: members) } else { members.firstIndex { $0.key == key } }
    }

    /// The value of the member with this key; nil if there is none.
    public subscript(key: ByteString) -> JSONValue? { position(of: key).map { members[$0].value } }

    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }
}
