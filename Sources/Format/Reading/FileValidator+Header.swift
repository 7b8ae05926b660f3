extension FileValidator {
    private typealias Field = FileHeader.Offset

    /// Reads the first page. Checks that both tables and the checksummed region are inside the file.
    func readHeader() throws(FormatError) -> FileHeader {
        guard file.byteCount >= FormatLimits.headerByteCount else {
            throw broken(
                .headerPresent, at: 0, found: .number(Int64(file.byteCount)),
                required: .number(Int64(FormatLimits.headerByteCount)))
        }
        try checkIdentity()
        var header = FileHeader()
        header.minorVersion = file.integer(UInt16.self, at: Field.minorVersion)
        try checkFileByteCount()
        header.fileByteCount = byteCount
        try readFeatures(&header)

        let alignmentLog2 = file.integer(UInt32.self, at: Field.alignmentLog2)
        guard FormatLimits.alignmentLog2Range.contains(Int(alignmentLog2)) else {
            throw broken(
                .alignment,
                at: Field.alignmentLog2,
                found: .number(Int64(alignmentLog2)),
                required: .range(FormatLimits.alignmentLog2Range)
            )
        }
        header.alignmentLog2 = Int(alignmentLog2)
        try requireZero(.headerReserved, Field.reserved..<Field.sectionTableHash)
        try requireZero(.headerReserved, Field.reservedTail..<Field.headerChecksum)
        try readTablePlaces(&header)

        header.sectionTableHash = file.digest(at: Field.sectionTableHash)
        header.tensorTableHash = file.digest(at: Field.tensorTableHash)
        header.rootHash = file.digest(at: Field.rootHash)
        header.tablesChecksum = file.integer(UInt32.self, at: Field.tablesChecksum)
        try checkChecksum(
            .tablesChecksum,
            of: FormatLimits.headerByteCount..<header.tablesEnd,
            at: Field.tablesChecksum
        )
        return header
    }

    /// Checks that it is a file of this format, that the reader knows its version, and that the header is undamaged.
    private func checkIdentity() throws(FormatError) {
        // SAFETY: `bytes(_:)` checks the range; the array is a copy.
        let magic = unsafe Array(file.bytes(0..<FormatLimits.magic.count))
        guard magic == FormatLimits.magic else {
            throw broken(.magic, at: 0, found: .bytes(magic), required: .bytes(FormatLimits.magic))
        }
        try require(
            .endianTag,
            Field.endianTag,
            found: UInt64(file.integer(UInt32.self, at: Field.endianTag)),
            equals: Int(FormatLimits.endianTag)
        )
        try require(
            .majorVersion,
            Field.majorVersion,
            found: UInt64(file.integer(UInt16.self, at: Field.majorVersion)),
            equals: Int(FormatLimits.majorVersion)
        )
        try require(
            .headerByteCount,
            Field.headerByteCount,
            found: UInt64(file.integer(UInt32.self, at: Field.headerByteCount)),
            equals: FormatLimits.headerByteCount
        )
        try checkChecksum(.headerChecksum, of: 0..<Field.headerChecksum, at: Field.headerChecksum)
    }

    private func checkFileByteCount() throws(FormatError) {
        let stated = file.integer(UInt64.self, at: Field.fileByteCount)
        guard stated == UInt64(byteCount), stated <= UInt64(FormatLimits.maximumFileByteCount) else {
            throw broken(
                .fileByteCount,
                at: Field.fileByteCount,
                found: .number(Int64(byteCount)),
                required: .unsigned(stated)
            )
        }
    }

    private func readFeatures(_ header: inout FileHeader) throws(FormatError) {
        let incompatible = file.integer(UInt64.self, at: Field.incompatibleFeatures)
        try require(.incompatibleFeatures, Field.incompatibleFeatures, found: incompatible, equals: 0)
        header.compatibleFeatures = file.integer(UInt64.self, at: Field.compatibleFeatures)
        if header.minorVersion == 0 {
            try require(.compatibleFeatures, Field.compatibleFeatures, found: header.compatibleFeatures, equals: 0)
        }
    }

    private func readTablePlaces(_ header: inout FileHeader) throws(FormatError) {
        let tablesStart = FormatLimits.headerByteCount
        try require(
            .sectionTable,
            Field.sectionTableOffset,
            found: file.integer(UInt64.self, at: Field.sectionTableOffset),
            equals: tablesStart
        )
        let sectionTableEnd = try tableEnd(
            .sectionTable,
            from: tablesStart,
            countField: Field.sectionCount,
            minimumCount: 2,
            maximumCount: FormatLimits.maximumSectionCount,
            entryField: Field.sectionEntryByteCount,
            entryByteCount: FormatLimits.sectionEntryByteCount
        )
        header.sectionCount = (sectionTableEnd - tablesStart) / FormatLimits.sectionEntryByteCount

        try require(
            .tensorTable,
            Field.tensorTableOffset,
            found: file.integer(UInt64.self, at: Field.tensorTableOffset),
            equals: sectionTableEnd
        )
        header.tensorTableOffset = sectionTableEnd
        let tensorTableEnd = try tableEnd(
            .tensorTable,
            from: sectionTableEnd,
            countField: Field.tensorCount,
            minimumCount: 1,
            maximumCount: FormatLimits.maximumTensorCount,
            entryField: Field.tensorEntryByteCount,
            entryByteCount: FormatLimits.tensorEntryByteCount
        )
        header.tensorCount = (tensorTableEnd - sectionTableEnd) / FormatLimits.tensorEntryByteCount

        let tablesEnd = file.integer(UInt64.self, at: Field.tablesEnd)
        // The largest possible region bounds the time of its checksum, whatever the file's size.
        let latestEnd =
            tensorTableEnd + FormatLimits.configurationByteCount
            + FormatLimits.maximumLayerCount * FormatLimits.layerRecordByteCount
            + FormatLimits.maximumProvenanceByteCount + 2 * FormatLimits.tensorAlignment
        guard tablesEnd >= UInt64(tensorTableEnd), tablesEnd <= UInt64(min(latestEnd, file.byteCount)) else {
            throw broken(
                .tablesEnd,
                at: Field.tablesEnd,
                found: .unsigned(tablesEnd),
                required: .range(tensorTableEnd...latestEnd)
            )
        }
        header.tablesEnd = Int(tablesEnd)
    }

    /// Checks one table's count and entry size, and returns its end, which is inside the file.
    private func tableEnd(
        _ rule: FormatRule,
        from start: Int,
        countField: Int,
        minimumCount: Int,
        maximumCount: Int,
        entryField: Int,
        entryByteCount: Int
    ) throws(FormatError) -> Int {
        try require(
            rule,
            entryField,
            found: UInt64(file.integer(UInt32.self, at: entryField)),
            equals: entryByteCount
        )
        let count = Int(file.integer(UInt32.self, at: countField))
        let fitting = (file.byteCount - start) / entryByteCount
        guard count >= minimumCount, count <= min(maximumCount, fitting) else {
            throw broken(
                rule,
                at: countField,
                found: .number(Int64(count)),
                required: .range(minimumCount...max(minimumCount, min(maximumCount, fitting)))
            )
        }
        return start + count * entryByteCount
    }

    private func checkChecksum(_ rule: FormatRule, of range: Range<Int>, at field: Int) throws(FormatError) {
        // SAFETY: `bytes(_:)` checks the range; the pointer does not leave the call.
        let computed = unsafe CRC32C.checksum(file.bytes(range).bytes)
        try require(rule, field, found: UInt64(file.integer(UInt32.self, at: field)), equals: Int(computed))
    }
}
