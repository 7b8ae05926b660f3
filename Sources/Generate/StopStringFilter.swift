/// Passes text on up to the first of several strings, which may be divided between the pieces of the text.
///
/// The text ends at the first byte that completes one of the strings. So the result does not depend on how the text is
/// divided. Of several strings that the same byte completes, the longest is removed.
struct StopStringFilter {
    private let strings: [[UInt8]]
    /// The end of the text, which may be the beginning of a string.
    private var pending: [UInt8] = []
    /// The string that ended the text.
    private(set) var found: [UInt8]?

    /// - Precondition: no string is empty.
    init(_ strings: [String]) {
        self.strings = strings.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    /// Adds a piece and returns the text that is certain: all text before the last bytes that may begin a string. After
    /// the end of the text nothing is returned.
    mutating func append(_ piece: [UInt8]) -> [UInt8] {
        if strings.isEmpty { return piece }
        for byte in piece where found == nil {
            pending.append(byte)
            found = strings.first { pending.count >= $0.count && pending.suffix($0.count) == $0[...] }
        }
        if let found {
            defer { pending.removeAll() }
            return Array(pending.dropLast(found.count))
        }
        let kept = (0...pending.count).first { start in
            strings.contains { $0.starts(with: pending[start...]) }
        }
        let certain = Array(pending[..<(kept ?? pending.count)])
        pending.removeFirst(certain.count)
        return certain
    }

    /// Returns the remaining text when no more follows.
    mutating func finish() -> [UInt8] {
        defer { pending.removeAll() }
        return pending
    }
}
