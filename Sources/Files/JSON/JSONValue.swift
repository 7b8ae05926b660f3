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
    /// Nil where comparing each key with each is faster.
    private let index: MemberIndex?

    private static let smallMemberCount = 8

    /// Throws if two members have one key.
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

    /// Where the member with this key stands; nil if there is none.
    public func position(of key: ByteString) -> Int? {
        if let index { index.position(of: key, in: members) } else { members.firstIndex { $0.key == key } }
    }

    /// The value of a key; nil if the object has no such member.
    public subscript(key: ByteString) -> JSONValue? { position(of: key).map { members[$0].value } }

    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }
}
