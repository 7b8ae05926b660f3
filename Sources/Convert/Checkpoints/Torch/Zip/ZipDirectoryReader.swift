import SkipFiles

/// Reads the central directory.
struct ZipDirectoryReader {
    let path: String
    let fields: ZipFields
    /// Absolute position of the directory.
    let start: Int

    private static let headerByteCount = 46
    /// The bit of the external attributes that marks a directory in DOS.
    private static let directoryAttribute = 0x10

    func entries(count: Int) throws(InputError) -> [ZipEntry] {
        if count > fields.bytes.count / Self.headerByteCount {
            throw fault(
                .zipEntryCount, at: 0, found: "\(count) entries",
                required: "no more than \(fields.bytes.count) bytes can hold")
        }
        var entries: [ZipEntry] = []
        var names: Set<ByteString> = []
        var position = 0
        for _ in 0..<count {
            let (entry, length) = try entry(at: position)
            // Names that differ only in case are the same file on some systems.
            if !names.insert(entry.name.asciiLowercased).inserted {
                throw fault(
                    .torchLayout, at: position, found: "a second entry \"\(entry.name)\"", required: "one of each name")
            }
            entries.append(entry)
            position += length
        }
        if position != fields.bytes.count {
            throw fault(
                .zipEntryCount, at: position, found: "\(fields.bytes.count - position) bytes after \(count) entries",
                required: "the end of the directory")
        }
        return entries
    }

    /// Reads the entry whose header is at `position`. Returns it and the header's length.
    private func entry(at position: Int) throws(InputError) -> (ZipEntry, Int) {
        guard fields.bytes.count - position >= Self.headerByteCount, fields.hasSignature(.centralHeader, at: position)
        else {
            throw fault(
                .zipEntryCount, at: position, found: "no header of an entry",
                required: "as many headers as the end record states")
        }
        let nameStart = position + Self.headerByteCount
        let extraStart = nameStart + fields.uint16(at: position + 28)
        let commentStart = extraStart + fields.uint16(at: position + 30)
        let end = commentStart + fields.uint16(at: position + 32)
        guard end <= fields.bytes.count else {
            throw fault(.zipEntryCount, at: position, found: "a header that continues after the directory's end")
        }
        let name = ByteString(bytes: Array(fields.bytes[nameStart..<extraStart]))
        try check(name, at: position)
        // PyTorch's own reader returns zeros for an entry with this mark.
        let isMarkedDirectory = fields.uint32(at: position + 38) & Self.directoryAttribute != 0
        if isMarkedDirectory, name.bytes.last != UInt8(ascii: "/") {
            throw fault(.torchLayout, at: position, found: "\"\(name)\", marked as a directory", required: "a file")
        }
        let flags = fields.uint16(at: position + 8)
        if flags & ~ZipFlags.allowed != 0 {
            throw fault(
                .zipFlags, at: position, found: "\"\(name)\" with flags 0x\(String(flags, radix: 16))",
                required: "no encryption, patches or masked headers")
        }
        guard let method = ZipEntry.Method(rawValue: fields.uint16(at: position + 10)) else {
            throw fault(
                .zipMethod, at: position, found: "\"\(name)\" with method \(fields.uint16(at: position + 10))",
                required: "0 (stored) or 8 (deflated)")
        }
        let sizes = try sizes(at: position, extra: extraStart..<commentStart)
        if method == .stored, sizes.stored != sizes.whole {
            throw fault(
                .zipStoredSize, at: position, found: "\"\(name)\" stored in \(sizes.stored) bytes",
                required: "\(sizes.whole), its size")
        }
        let entry = ZipEntry(
            name: name, flags: flags, method: method, checksum: UInt32(fields.uint32(at: position + 16)),
            storedByteCount: sizes.stored, byteCount: sizes.whole, headerOffset: sizes.headerOffset,
            directoryOffset: start + position)
        return (entry, end - position)
    }

    private struct Sizes {
        var whole: Int
        var stored: Int
        var headerOffset: Int
    }

    /// Reads sizes and position. Exactly the fields with a sentinel value are read from the zip64 block.
    private func sizes(at position: Int, extra: Range<Int>) throws(InputError) -> Sizes {
        if fields.uint16(at: position + 34) != 0 {
            throw fault(.zipEndRecord, at: position, found: "an entry in another part", required: "one file")
        }
        let short = [24, 20, 42].map { fields.uint32(at: position + $0) }
        let long = try ZipExtraField.zip64Values(of: fields, in: extra, headerOffset: start + position, path: path)
        let needed = short.count { $0 == ZipSentinel.uint32 }
        guard needed == long?.count ?? 0 else {
            throw fault(
                .zip64, at: position, found: "\(long?.count ?? 0) zip64 numbers",
                required: "\(needed), one for each field of all ones")
        }
        var remaining = long ?? []
        let values = short.map { $0 == ZipSentinel.uint32 ? remaining.removeFirst() : $0 }
        if values[2] >= start {
            throw fault(
                .zipOverlap, at: position, found: "an entry at byte \(values[2])",
                required: "one before the directory at byte \(start)")
        }
        return Sizes(whole: values[0], stored: values[1], headerOffset: values[2])
    }

    /// Refuses names that could leave a directory. No entry is ever extracted, but torch writes no such name.
    private func check(_ name: ByteString, at position: Int) throws(InputError) {
        var components = name.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // The entry of a directory ends in a slash.
        if components.count > 1, components.last?.isEmpty == true { components.removeLast() }
        let isPlain = components.allSatisfy {
            !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
        }
        if !isPlain || name.bytes.contains(0) || name.bytes.contains(UInt8(ascii: "\\")) {
            throw fault(.zipEntryName, at: position, found: "\"\(name)\"", required: "a relative path")
        }
    }

    private func fault(_ rule: InputRule, at position: Int, found: String, required: String = "") -> InputError {
        InputError(rule, file: path, at: .byte(start + position), found: found, required: required)
    }
}

extension ByteString {
    /// With `A`…`Z` as `a`…`z`.
    fileprivate var asciiLowercased: ByteString {
        ByteString(bytes: bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 })
    }
}
