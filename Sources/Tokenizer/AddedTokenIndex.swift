import SkipFiles

/// Finds the longest added token of one group that begins at a position of a text.
///
/// The group's records are sorted by content, so that records with a common prefix are neighbours. The search narrows a
/// range of records byte by byte.
struct AddedTokenIndex {
    private let records: Range<Int>
    /// One bit for each byte value: whether a content begins with it.
    private let firstBytes: (UInt64, UInt64, UInt64, UInt64)

    init(_ bytes: TableBytes, _ layout: TableLayout, records: Range<Int>) {
        self.records = records
        var bits: [UInt64] = [0, 0, 0, 0]
        for record in records {
            let byte = bytes[layout.addedTokenContent(record, in: bytes).lowerBound]
            bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
        }
        firstBytes = (bits[0], bits[1], bits[2], bits[3])
    }

    var isEmpty: Bool { records.isEmpty }

    @inline(__always)
    func mayBegin(with byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: firstBytes.0
            case 1: firstBytes.1
            case 2: firstBytes.2
            default: firstBytes.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// Returns the record with the longest content that occurs at the position, and the content's length in bytes.
    func longestMatch(
        in text: Span<UInt8>, at position: Int, _ bytes: TableBytes, _ layout: TableLayout
    ) -> (record: Int, length: Int)? {
        var candidates = records
        var depth = 0
        var best: (record: Int, length: Int)?
        while !candidates.isEmpty, position + depth < text.count {
            let byte = Int(text[position + depth])
            let start = firstRecord(in: candidates, at: depth, notBelow: byte, bytes, layout)
            let end = firstRecord(in: start..<candidates.upperBound, at: depth, notBelow: byte + 1, bytes, layout)
            candidates = start..<end
            depth += 1
            if !candidates.isEmpty, layout.addedTokenContent(start, in: bytes).count == depth { best = (start, depth) }
        }
        return best
    }

    /// Returns the first record whose byte at `depth` is at least `limit`. The records have equal bytes before `depth`;
    /// a record that ends at `depth` comes first.
    private func firstRecord(
        in candidates: Range<Int>, at depth: Int, notBelow limit: Int, _ bytes: TableBytes, _ layout: TableLayout
    ) -> Int {
        candidates.partitioningIndex { record in
            let content = layout.addedTokenContent(record, in: bytes)
            return depth < content.count && Int(bytes[content.lowerBound + depth]) >= limit
        }
    }
}
