/// Writes JSON text (RFC 8259).
public struct JSONWriter {
    /// The layout of values.
    public enum Style: Sendable {
        /// Without white space.
        case compact
        /// Each member and element on its own line, indented by two spaces per level.
        case indented
    }

    private let style: Style
    private var bytes: [UInt8] = []

    private init(style: Style) { self.style = style }

    /// Returns the text of a document in UTF-8, without a line break at its end.
    public static func bytes(of document: JSONDocument, style: Style) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.append(document, depth: 0)
        return writer.bytes
    }

    /// Returns the text of a document, without a line break at its end.
    public static func text(of document: JSONDocument, style: Style) -> String {
        String(decoding: bytes(of: document, style: style), as: UTF8.self)
    }

    private mutating func append(_ value: JSONDocument, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let bool): append(bool ? "true" : "false")
        case .integer(let integer): append("\(integer)")
        case .number(let number): append(number)
        case .string(let string): append(quoted: string)
        case .array(let values):
            appendList(values, open: "[", close: "]", depth: depth) { writer, value in
                writer.append(value, depth: depth + 1)
            }
        case .object(let members):
            appendList(members, open: "{", close: "}", depth: depth) { writer, member in
                writer.append(quoted: member.key)
                writer.append(writer.style == .compact ? ":" : ": ")
                writer.append(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func append(_ number: Double) {
        guard number.isFinite else { return append("null") }
        let text = "\(number)"
        // Swift writes whole numbers with a fraction: `3.0`.
        append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    private mutating func appendList<Element>(
        _ elements: [Element], open: String, close: String, depth: Int,
        _ appendElement: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            appendLineBreak(depth: depth + 1)
            appendElement(&self, element)
        }
        if !elements.isEmpty { appendLineBreak(depth: depth) }
        append(close)
    }

    private mutating func appendLineBreak(depth: Int) {
        guard style == .indented else { return }
        append("\n" + String(repeating: "  ", count: depth))
    }

    private mutating func append(quoted string: ByteString) {
        append("\"")
        for byte in string.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private mutating func append(_ text: String) { bytes += Array(text.utf8) }
}
