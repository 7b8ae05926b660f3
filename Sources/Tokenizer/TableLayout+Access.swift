import SkipFiles

/// Reads the elements of a validated table.
extension TableLayout {
    @inline(__always)
    func byteToken(_ byte: UInt8, in bytes: TableBytes) -> UInt32 { bytes.uint32(at: byteTokens + Int(byte) * 4) }

    func tokenByteRange(_ id: UInt32, in bytes: TableBytes) -> Range<Int> {
        let start = tokenStarts + Int(id) * 4
        return tokenBytes + Int(bytes.uint32(at: start))..<tokenBytes + Int(bytes.uint32(at: start + 4))
    }

    /// Returns the merge of two neighbouring tokens; nil if they do not merge.
    @inline(__always)
    func merge(left: UInt32, right: UInt32, in bytes: TableBytes) -> (rank: UInt32, result: UInt32)? {
        let row = mergeRows + Int(left) * 4
        var low = Int(bytes.uint32(at: row))
        var high = Int(bytes.uint32(at: row + 4))
        while low < high {
            let middle = (low + high) >> 1
            let record = merges + middle * Self.mergeStride
            let found = bytes.uint32(at: record)
            if found == right { return (bytes.uint32(at: record + 4), bytes.uint32(at: record + 8)) }
            if found < right { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Returns the token of a character; nil if it is none.
    func characterToken(_ scalar: Unicode.Scalar, in bytes: TableBytes) -> UInt32? {
        let index = (0..<characterCount).partitioningIndex {
            bytes.uint32(at: characters + $0 * Self.characterStride) >= scalar.value
        }
        guard index < characterCount else { return nil }
        let record = characters + index * Self.characterStride
        return bytes.uint32(at: record) == scalar.value ? bytes.uint32(at: record + 4) : nil
    }

    /// Returns the record of a step; nil if its texts do not lie between those of its neighbours.
    func step(_ index: Int, in bytes: TableBytes) -> TableStep? {
        let record = steps + index * Self.stepStride
        let start = index == 0 ? 0 : bytes.uint32(at: record - 4)
        let middle = bytes.uint32(at: record + 8)
        let end = bytes.uint32(at: record + 12)
        guard start <= middle, middle <= end, Int(end) <= stepByteCount else { return nil }
        return TableStep(
            kind: bytes.uint32(at: record), option: bytes.uint32(at: record + 4),
            first: bytes.array(stepBytes + Int(start)..<stepBytes + Int(middle)),
            second: bytes.array(stepBytes + Int(middle)..<stepBytes + Int(end)))
    }

    /// Returns the token of a word that is a token although merging its bytes yields others; nil for nearly every word.
    func wholeWord(_ word: Span<UInt8>, in bytes: TableBytes) -> UInt32? {
        let index = (0..<wholeWordCount).partitioningIndex { index in
            bytes.compare(tokenByteRange(bytes.uint32(at: wholeWords + index * 4), in: bytes), with: word) >= 0
        }
        guard index < wholeWordCount else { return nil }
        let id = bytes.uint32(at: wholeWords + index * 4)
        return bytes.compare(tokenByteRange(id, in: bytes), with: word) == 0 ? id : nil
    }

    func addedTokenID(_ record: Int, in bytes: TableBytes) -> UInt32 {
        bytes.uint32(at: addedTokens + record * Self.addedTokenStride)
    }

    func addedTokenOptions(_ record: Int, in bytes: TableBytes) -> AddedTokenOptions {
        AddedTokenOptions(rawValue: bytes.uint32(at: addedTokens + record * Self.addedTokenStride + 4))
    }

    /// Returns the range of an added token's text. Records hold its end; it begins where that of the previous record
    /// ends.
    func addedTokenContent(_ record: Int, in bytes: TableBytes) -> Range<Int> {
        let end = addedTokens + record * Self.addedTokenStride + 8
        let start = record == 0 ? 0 : Int(bytes.uint32(at: end - Self.addedTokenStride))
        return addedTokenBytes + start..<addedTokenBytes + Int(bytes.uint32(at: end))
    }

    func identifiers(at offset: Int, count: Int, in bytes: TableBytes) -> [UInt32] {
        (0..<count).map { bytes.uint32(at: offset + $0 * 4) }
    }
}
