import SkipFormat

/// Checks the header of a package.
struct HeaderReader {
    /// The header, or less if the file is shorter.
    let bytes: [UInt8]
    let fileByteCount: Int

    private typealias Field = PackageHeader.Offset
    private typealias Failure = PackageViolation.Failure

    func read() throws(PackageViolation.Failure) -> PackageHeader {
        let magic = Array(bytes.prefix(PackageLimits.magic.count))
        if magic.count == PackageLimits.magic.count, magic != PackageLimits.magic {
            throw Failure(.magic, at: 0, found: .bytes(magic), required: .bytes(PackageLimits.magic))
        }
        guard bytes.count == PackageLimits.headerByteCount else {
            throw Failure(
                .headerPresent, at: 0, found: .number(Int64(fileByteCount)),
                required: .number(Int64(PackageLimits.headerByteCount)))
        }
        try require(.endianTag, Field.endianTag, UInt32.self, UInt64(FormatLimits.endianTag))
        try require(.majorVersion, Field.majorVersion, UInt16.self, UInt64(PackageLimits.majorVersion))
        try require(
            .headerByteCount, Field.headerByteCount, UInt32.self, UInt64(PackageLimits.headerByteCount))
        try require(
            .headerChecksum, Field.headerChecksum, UInt32.self,
            UInt64(Array(bytes[..<Field.headerChecksum]).checksum))
        try require(.incompatibleFeatures, Field.incompatibleFeatures, UInt64.self, 0)

        var header = PackageHeader()
        header.minorVersion = bytes.integer(UInt16.self, at: Field.minorVersion)
        header.compatibleFeatures = bytes.integer(UInt64.self, at: Field.compatibleFeatures)
        if header.minorVersion == 0 { try require(.compatibleFeatures, Field.compatibleFeatures, UInt64.self, 0) }
        let reserved = Array(Field.reserved..<Field.rootHash) + Array(Field.reservedTail..<Field.headerChecksum)
        if let offset = reserved.first(where: { bytes[$0] != 0 }) {
            throw Failure(.headerReserved, at: offset, found: .number(Int64(bytes[offset])), required: .number(0))
        }
        try readLengths(&header)
        try readCounts(&header)
        return header
    }

    private func readLengths(_ header: inout PackageHeader) throws(PackageViolation.Failure) {
        let limit = FormatLimits.maximumFileByteCount
        header.fileByteCount = try number(
            .fileByteCount, Field.fileByteCount, UInt64.self, in: FormatLimits.headerByteCount...limit)
        header.packageByteCount = try number(
            .packageByteCount, Field.packageByteCount, UInt64.self, in: PackageLimits.headerByteCount...limit)
        guard fileByteCount <= header.packageByteCount else {
            throw Failure(
                .packageByteCount, at: Field.packageByteCount, found: .number(Int64(fileByteCount)),
                required: .number(Int64(header.packageByteCount)))
        }
        header.frontByteCount = try number(
            .frontByteCount, Field.frontByteCount, UInt64.self,
            in: PackageLimits.headerByteCount...header.packageByteCount)
    }

    private func readCounts(_ header: inout PackageHeader) throws(PackageViolation.Failure) {
        header.blockCount = Int(bytes.integer(UInt32.self, at: Field.blockCount))
        header.entryCount = try number(.indexCount, Field.entryCount, UInt32.self, in: 1...max(1, header.blockCount))
        // An entry has at least one stored byte.
        let fitting =
            (header.packageByteCount - PackageLimits.headerByteCount) / (PackageLimits.indexEntryByteCount + 1)
        header.entryCount = try number(.indexCount, Field.entryCount, UInt32.self, in: 1...max(1, fitting))
        header.frontBlockCount = try number(
            .blockCounts, Field.frontBlockCount, UInt32.self, in: 1...max(1, header.blockCount))
        header.partCount = try number(
            .partNumber, Field.partCount, UInt32.self, in: 1...PackageLimits.maximumPartCount)
        header.partNumber = try number(.partNumber, Field.partNumber, UInt32.self, in: 1...header.partCount)
        header.indexChecksum = bytes.integer(UInt32.self, at: Field.indexChecksum)
        header.rootHash = bytes.digest(at: Field.rootHash)
        let base = bytes.digest(at: Field.baseRootHash)
        header.baseRootHash = base == .zero ? nil : base
        if base == header.rootHash { throw Failure(.baseIsOther, at: Field.baseRootHash, found: .digest(base)) }
    }

    private func require<Value: FixedWidthInteger & UnsignedInteger>(
        _ rule: PackageRule, _ offset: Int, _ type: Value.Type, _ required: UInt64
    ) throws(PackageViolation.Failure) {
        let found = UInt64(bytes.integer(type, at: offset))
        if found != required { throw Failure(rule, at: offset, found: .unsigned(found), required: .unsigned(required)) }
    }

    private func number<Value: FixedWidthInteger & UnsignedInteger>(
        _ rule: PackageRule, _ offset: Int, _ type: Value.Type, in range: ClosedRange<Int>
    ) throws(PackageViolation.Failure) -> Int {
        let found = UInt64(bytes.integer(type, at: offset))
        guard found >= UInt64(range.lowerBound), found <= UInt64(range.upperBound) else {
            throw Failure(rule, at: offset, found: .unsigned(found), required: .range(range))
        }
        return Int(found)
    }
}
