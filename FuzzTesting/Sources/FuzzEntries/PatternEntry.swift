import SkipFiles

@testable import SkipConvert

/// Compiles a regular expression and matches a name. The input is the expression, a newline and the name.
///
/// Returns whether the whole name matches, whether its start matches, and the bytes of the group `idx`, which Python's
/// `re` also computes.
enum PatternEntry {
    static func examine(_ bytes: [UInt8]) throws -> String {
        let newline = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
        let expression = try RegularExpression(ByteString(bytes: Array(bytes[..<newline])))
        let name = ByteString(bytes: Array(bytes[newline...].dropFirst().prefix(200)))
        let matchesAll = expression.matches(all: name)
        let matchesStart = expression.matches(startOf: name)
        let capture = expression.capture(atStartOf: name)
        try require(matchesStart || !matchesAll, "a match of all is a match of the start")
        try require(capture == nil || matchesStart, "only a match has a group")
        let group = capture.map { $0.bytes.map { String($0) }.joined(separator: ",") }
        return "\(matchesAll) \(matchesStart) \(group.map { "[\($0)]" } ?? "none")"
    }
}
