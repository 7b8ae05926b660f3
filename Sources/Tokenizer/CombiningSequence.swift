@_spi(_Unicode) import Swift

/// Composes a text that ends in a long sequence of combining marks, in linear time: the canonical ordering algorithm and
/// the canonical composition algorithm of the Unicode Standard, section 3.11, for its last character.
enum CombiningSequence {
    /// Returns normalization form C of `text` followed by `marks`, which all have a combining class other than 0.
    static func composed(_ text: String.UnicodeScalarView, _ marks: [Unicode.Scalar]) -> [Unicode.Scalar] {
        // The last character's own marks are ordered together with the others.
        var decomposed = Array(String(text)._nfd)
        let end = (decomposed.lastIndex { !isMark($0) } ?? -1) + 1
        let ordered = ordered(decomposed[end...] + marks.flatMap { String($0)._nfd })
        decomposed.removeSubrange(end...)
        var prefix = Array(String(String.UnicodeScalarView(decomposed))._nfc)
        guard var starter = prefix.popLast() else { return ordered }
        var kept: [Unicode.Scalar] = []
        for mark in ordered {
            // A mark of the same class between the character and this mark blocks the composition.
            let isBlocked = kept.last.map { combiningClass($0) == combiningClass(mark) } ?? false
            if !isBlocked, let composite = composite(starter, mark) {
                starter = composite
            } else {
                kept.append(mark)
            }
        }
        return prefix + [starter] + kept
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.properties.canonicalCombiningClass.rawValue
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { combiningClass(scalar) != 0 }

    /// Sorts marks by their classes. Marks of the same class keep their order.
    private static func ordered(_ marks: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var marksOfClass = [[Unicode.Scalar]](repeating: [], count: 256)
        for mark in marks { marksOfClass[Int(combiningClass(mark))].append(mark) }
        return Array(marksOfClass.joined())
    }

    /// Returns the primary composite of two scalars; nil if there is none.
    private static func composite(_ starter: Unicode.Scalar, _ mark: Unicode.Scalar) -> Unicode.Scalar? {
        let composed = Array(String(String.UnicodeScalarView([starter, mark]))._nfc)
        return composed.count == 1 ? composed[0] : nil
    }
}
