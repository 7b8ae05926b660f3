import SkipFiles

/// Parses arbitrary bytes as JSON. What `JSONWriter` writes of an accepted document is the same document, in both
/// styles, and every key of an object is found.
enum JSONEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let value = try JSONReader.parse(bytes)
        try lookUpKeys(value)
        let document = document(of: value)
        for style in [JSONWriter.Style.compact, .indented] {
            let text = JSONWriter.bytes(of: document, style: style)
            let again: JSONValue
            do throws(JSONError) {
                again = try JSONReader.parse(text)
            } catch {
                throw BrokenProperty(description: "the written document is refused: \(error)")
            }
            try require(areSame(value, again), "the written document is the same")
        }
    }

    private static func lookUpKeys(_ value: JSONValue) throws {
        switch value {
        case .object(let object):
            for (position, member) in object.members.enumerated() {
                try require(object.position(of: member.key) == position, "every key is found at its position")
                try lookUpKeys(member.value)
            }
        case .array(let values): for value in values { try lookUpKeys(value) }
        default: break
        }
    }

    private static func document(of value: JSONValue) -> JSONDocument {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .number(let number): number.integer.map { .integer($0) } ?? number.double.map { .number($0) } ?? .null
        case .string(let string): .string(string)
        case .array(let values): .array(values.map { document(of: $0) })
        case .object(let object): .object(object.members.map { JSONDocument.Member($0.key, document(of: $0.value)) })
        }
    }

    /// Compares numbers by their values; a number that overflows is written as null.
    private static func areSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left.double == right.double && left.double != nil
        case (.number(let left), .null): left.double == nil
        case (.array(let left), .array(let right)): left.elementsEqual(right, by: areSame)
        case (.object(let left), .object(let right)):
            left.members.elementsEqual(right.members) { $0.key == $1.key && areSame($0.value, $1.value) }
        default: left == right
        }
    }
}
