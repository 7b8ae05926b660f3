/// The text of a JSON object in which single members can be replaced or added. All other bytes stay unchanged.
public struct EditableJSONObject: Sendable {
    public private(set) var bytes: [UInt8]
    private let path: String
    private let syntaxRule: InputRule

    /// Reads a JSON file that contains an object. `syntaxRule` is the rule that malformed JSON breaks.
    public init(path: String, syntaxRule: InputRule) throws(InputError) {
        self.path = path
        self.syntaxRule = syntaxRule
        bytes = try JSONFile.bytes(path, byteLimit: JSONFile.configurationByteLimit)
        _ = try object()
    }

    private func object() throws(InputError) -> JSONObject {
        try JSONFile.object(bytes, file: path, syntaxRule: syntaxRule)
    }

    /// Whether the object has a member with this key.
    public func hasMember(_ key: ByteString) throws(InputError) -> Bool { try object()[key] != nil }

    /// Replaces the value of a member, or adds the member as the first one.
    public mutating func set(_ key: ByteString, to value: JSONDocument) throws(InputError) {
        let object = try object()
        let text = JSONWriter.bytes(of: value, style: .compact)
        if let keyOffset = object.keyOffset(of: key) {
            let range: Range<Int>
            do throws(JSONError) {
                range = try JSONReader.valueRange(afterKeyAt: keyOffset, in: bytes)
            } catch {
                throw JSONFile.syntaxError(error, file: path, rule: syntaxRule)
            }
            bytes.replaceSubrange(range, with: text)
            return
        }
        // Only white space precedes the opening brace.
        guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { return }
        let quotedKey = JSONWriter.bytes(of: .string(key), style: .compact)
        let end = Array((object.members.isEmpty ? "\n" : ",").utf8)
        bytes.insert(contentsOf: Array("\n  ".utf8) + quotedKey + Array(": ".utf8) + text + end, at: brace + 1)
    }
}
