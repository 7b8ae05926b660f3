import TestSupport

extension HostileTorchFile {

    /// Broken zip structures.
    static let containers: [HostileTorchFile] = [
        .patched("the last byte missing", .zipEndRecord, at: \.endRecord) { $0.bytes.removeLast() },
        .patched("a byte after the end", .zipEndRecord, at: \.endRecord) { $0.bytes.append(0) },
        .patched("cut off in the middle", .zipEndRecord, at: \.bytes.count) { $0.bytes.removeLast($0.bytes.count / 2) },
        .patched("a comment that is too short", .zipEndRecord, at: \.endRecord) { $0.patch($0.endRecord + 20, [1]) },
        .patched("an end record in the comment", .zipEndRecord, at: { $0.endRecord + 22 }) {
            let record = Array($0.bytes[$0.endRecord...])
            $0.patch($0.endRecord + 20, [22])
            $0.bytes += record
        },
        .patched("another disk", .zipEndRecord, at: \.zip64Record) {
            $0.patch($0.zip64Record + 16, [1])
            $0.patch($0.endRecord + 4, [1])
        },
        .patched("an entry on another disk", .zipEndRecord, at: { $0.centralHeaders[2] }) {
            $0.patch($0.centralHeaders[2] + 34, [1])
        },
        .patched("a byte before the start", .zipSurroundings, at: { _ in 0 }) { $0.bytes.insert(0, at: 0) },
        .shifted("a whole header before the start", by: 64),
        .patched("a gap between entries", .zipSurroundings, at: { $0.headers[1] }) { $0.moveUp(1, by: 8) },

        .patched("a locator that points elsewhere", .zip64, at: \.locator) { $0.patch($0.locator + 8, [0]) },
        .patched("a zip64 record of another length", .zip64, at: \.zip64Record) { $0.patch($0.zip64Record + 4, [45]) },
        .patched("no zip64 record", .zip64, at: \.zip64Record) { $0.patch($0.zip64Record, [0]) },
        .patched("end records that disagree", .zip64, at: \.endRecord) { $0.patch($0.endRecord + 8, [3]) },
        .patched("a field of all ones, no zip64 record", .zip64, at: { $0.endRecord }) {
            $0.patch($0.locator, [0])
            $0.patch($0.endRecord + 16, [255, 255, 255, 255])
        },
        .built("zip64 numbers that no field asks for", .zip64, at: { $0.centralHeaders[4] }) {
            $0["m/data/0"].centralExtra = [1, 0, 8, 0] + littleEndian(UInt64(24))
        },
        .built("zip64 numbers in the local header alone", .zip64, at: { $0.headers[4] }) {
            $0["m/data/0"].localExtra = [1, 0, 8, 0] + littleEndian(UInt64(24))
        },
        .built("an extra field that is cut off", .zip64, at: { $0.centralHeaders[4] }) {
            $0["m/data/0"].centralExtra = [0x46, 0x42, 9, 0, 0]
        },
        .patched("a size of all ones, no zip64 numbers", .zip64, at: { $0.centralHeaders[4] }) {
            $0.patch($0.centralHeaders[4] + 24, [255, 255, 255, 255])
        },

        .patched("another name in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 30, [UInt8(ascii: "n")])
        },
        .patched("another length of the name", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 26, [7])
        },
        .patched("another method in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 8, [8])
        },
        .patched("other flags in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 6, [0])
        },
        .patched("another size in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 22, [25])
        },
        .patched("another stored size in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 18, [25])
        },
        .patched("another checksum in the local header", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 14, [1])
        },
        .patched("no local header", .zipHeaderMismatch, at: { $0.headers[4] }) { $0.patch($0.headers[4], [0]) },
        .patched("all-zero sizes without a descriptor", .zipHeaderMismatch, at: { $0.headers[4] }) {
            $0.patch($0.headers[4] + 7, [0])
            $0.patch($0.headers[4] + 6, [0])
            $0.patch($0.centralHeaders[4] + 8, [0, 0])
        },

        .built("encrypted", .zipFlags, at: { $0.centralHeaders[4] }) { $0["m/data/0"].flags |= 1 },
        .built("strongly encrypted", .zipFlags, at: { $0.centralHeaders[4] }) { $0["m/data/0"].flags |= 1 << 6 },
        .built("masked headers", .zipFlags, at: { $0.centralHeaders[4] }) { $0["m/data/0"].flags |= 1 << 13 },
        .patched("a descriptor with another checksum", .zipFlags, at: { $0.dataEnds[4] }) {
            $0.bytes[$0.dataEnds[4] + 4] ^= 1
        },
        .patched("a descriptor with another size", .zipFlags, at: { $0.dataEnds[4] }) {
            $0.bytes[$0.dataEnds[4] + 12] ^= 1
        },
        .patched("no descriptor", .zipFlags, at: { $0.dataEnds[4] }) { $0.bytes[$0.dataEnds[4]] = 0 },

        .built("a path upwards", .zipEntryName, at: { $0.centralHeaders[7] }) {
            $0.entries.append(.init("m/../x", ""))
        },
        .built("a path from the root", .zipEntryName, at: { $0.centralHeaders[7] }) {
            $0.entries.append(.init("/x", ""))
        },
        .built("a backslash", .zipEntryName, at: { $0.centralHeaders[7] }) { $0.entries.append(.init("m\\x", "")) },
        .built("a NUL", .zipEntryName, at: { $0.centralHeaders[7] }) { $0.entries.append(.init("m/x\0", "")) },
        .built("an empty part", .zipEntryName, at: { $0.centralHeaders[7] }) { $0.entries.append(.init("m//x", "")) },

        .patched("two entries in one place", .zipOverlap, at: { $0.headers[3] }) {
            $0.patch($0.centralHeaders[4] + 42, littleEndian(UInt32($0.headers[3])))
        },
        .patched("an entry past the end", .zipOverlap, at: { $0.centralHeaders[6] }) {
            $0.patch($0.centralHeaders[6] + 42, littleEndian(UInt32(1) << 30))
        },
        .patched("data that reach into the directory", .zipOverlap, at: { $0.headers[6] }) {
            $0.patch($0.centralHeaders[6] + 20, littleEndian(UInt32(4_000)) + littleEndian(UInt32(4_000)))
        },
        .patched("an extra field that reaches into the directory", .zipOverlap, at: { $0.headers[6] }) {
            $0.patch($0.headers[6] + 28, [255, 255])
        },

        .built("bzip2", .zipMethod, at: { $0.centralHeaders[4] }) { $0["m/data/0"].method = 12 },
        .patched("two sizes of a stored entry", .zipStoredSize, at: { $0.centralHeaders[4] }) {
            $0.bytes[$0.centralHeaders[4] + 20] -= 1
        },

        .patched("one entry fewer than there are", .zipEntryCount, at: { $0.centralHeaders[6] }) { $0.setCount(6) },
        .patched("one entry more than there are", .zipEntryCount, at: \.zip64Record) { $0.setCount(8) },
        .patched("more entries than fit", .zipEntryCount, at: { $0.centralHeaders[0] }) { $0.setCount(60_000) },
        .patched("65,535 entries without a zip64 count", .zip64, at: \.endRecord) {
            $0.patch($0.locator, [0])
            $0.patch($0.endRecord + 8, [255, 255, 255, 255])
        },
        .patched("a directory that is shorter", .zipEntryCount, at: \.zip64Record) {
            $0.bytes[$0.zip64Record + 40] -= 1
            $0.bytes[$0.endRecord + 12] -= 1
        },
        .patched("a directory position that wraps", .zipEntryCount, at: \.zip64Record) {
            $0.patch($0.zip64Record + 48, littleEndian(UInt64.max - 9))
            $0.patch($0.endRecord + 16, littleEndian(UInt32.max))
        },
        .patched("two million entries", .zipTooManyEntries, at: { $0.centralHeaders[0] }) {
            $0.patch($0.zip64Record + 24, littleEndian(UInt64(2_000_000)) + littleEndian(UInt64(2_000_000)))
            $0.patch($0.endRecord + 8, [255, 255, 255, 255])
        },

        HostileTorchFile("an unknown format", .notTorchFile, bytes: [0xFF, 0xFE, 0xFD, 0xFC], offset: 0),
        HostileTorchFile("a bare pickle", .notTorchFile, bytes: [0x80, 2, 0x7D, 0x2E], offset: 0),
    ]

    /// An archive with bytes before its first entry that look like an entry. All offsets are correct.
    private static func shifted(_ name: String, by count: Int) -> HostileTorchFile {
        let good = TorchBuilder.good.build()
        var archive = good
        archive.bytes = Array(good.bytes[..<count]) + good.bytes
        for (header, central) in zip(good.headers, good.centralHeaders) {
            archive.patch(central + count + 42, littleEndian(UInt32(header + count)))
        }
        let directory = good.centralHeaders[0] + count
        archive.patch(good.zip64Record + count + 48, littleEndian(UInt64(directory)))
        archive.patch(good.locator + count + 8, littleEndian(UInt64(good.zip64Record + count)))
        archive.patch(good.endRecord + count + 16, littleEndian(UInt32(directory)))
        return HostileTorchFile(name, .zipSurroundings, bytes: archive.bytes, offset: 0)
    }
}

extension ZipBuilder.Archive {
    fileprivate mutating func setCount(_ count: Int) {
        patch(zip64Record + 24, littleEndian(UInt64(count)) + littleEndian(UInt64(count)))
        patch(endRecord + 8, littleEndian(UInt16(count)) + littleEndian(UInt16(count)))
    }

    /// Changes the offset of an entry in the directory to a later one.
    fileprivate mutating func moveUp(_ index: Int, by count: Int) {
        patch(centralHeaders[index] + 42, littleEndian(UInt32(headers[index] + count)))
    }
}
