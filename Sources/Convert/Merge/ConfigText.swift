import Model

/// A JSON file's text with single members of its outermost object changed, and every other byte as it was.
public struct ConfigText: Sendable {
    public private(set) var bytes: [UInt8]
    private let path: String

    /// Reads a file whose top is an object.
    public init(path: String) throws(InputError) {
        self.path = path
        let file = try InputFile(opening: path)
        if file.byteCount > SmallFile.configByteLimit {
            throw InputError(
                .jsonTooLarge, file: path, found: "\(file.byteCount) bytes",
                required: "at most \(SmallFile.configByteLimit)")
        }
        bytes = try file.bytes(0..<file.byteCount)
        _ = try object()
    }

    private func object() throws(InputError) -> JSONObject {
        try SmallFile.jsonObject(bytes, file: path, syntaxRule: .configSyntax)
    }

    /// The object has a member of that name.
    public func hasMember(_ key: String) throws(InputError) -> Bool { try object()[ByteString(key)] != nil }

    /// Gives a member another value, as JSON text; adds it as the first one if there is none.
    public mutating func set(_ key: String, to value: String) throws(InputError) {
        let object = try object()
        let text = Array(value.utf8)
        guard let position = object.members.firstIndex(where: { $0.key == ByteString(key) }) else {
            guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { return }
            let member = "\n  \"\(key)\": \(value)" + (object.members.isEmpty ? "\n" : ",")
            bytes.insert(contentsOf: Array(member.utf8), at: brace + 1)
            return
        }
        let start = valueStart(afterKeyAt: object.members[position].keyOffset)
        // The value ends before the comma or brace that comes before the next key, or the end.
        let next = position + 1 < object.members.count ? object.members[position + 1].keyOffset : bytes.count
        let closing = position + 1 < object.members.count ? UInt8(ascii: ",") : UInt8(ascii: "}")
        guard let stop = bytes[..<next].lastIndex(of: closing) else { return }
        var end = stop
        while end > start, Self.isWhitespace(bytes[end - 1]) { end -= 1 }
        bytes.replaceSubrange(start..<end, with: text)
    }

    /// The position of a member's value, given that of its key's opening quote.
    private func valueStart(afterKeyAt offset: Int) -> Int {
        var position = offset + 1
        while bytes[position] != UInt8(ascii: "\"") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
        position += 1
        while Self.isWhitespace(bytes[position]) { position += 1 }
        position += 1
        while Self.isWhitespace(bytes[position]) { position += 1 }
        return position
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
