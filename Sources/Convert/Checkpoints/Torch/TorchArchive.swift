import SkipFiles

/// The records of a torch file: the entries of a zip archive below a single directory.
struct TorchArchive<Source: ByteSource> {
    let source: Source
    let zip: ZipArchive
    /// The path of the directory, with its trailing slash.
    private let prefix: [UInt8]
    private let checksums: ChecksumPolicy
    private let entryOfName: [ByteString: ZipEntry]

    private static var recordByteLimit: Int { 64 }

    init(reading source: Source, checksums: ChecksumPolicy) throws(InputError) {
        if let fault = try ForeignFile.fault(source, named: .torch) { throw fault }
        self.source = source
        self.checksums = checksums
        let zip = try ZipArchive(reading: source)
        self.zip = zip
        prefix = try Self.prefix(of: zip, path: source.path)
        entryOfName = Dictionary(uniqueKeysWithValues: zip.entries.map { ($0.name, $0) })
        try checkNames()
        try checkVersion()
        try checkByteOrder()
    }

    /// Returns a record by its name below the directory.
    func entry(_ record: String) -> ZipEntry? { entryOfName[ByteString(bytes: prefix + Array(record.utf8))] }

    /// Returns the bytes of the pickle and its position.
    func pickle() throws(InputError) -> ([UInt8], PickleOrigin) {
        guard let entry = entry("data.pkl") else { throw noPickle(zip, path: source.path) }
        try MemoryProbe.require(PickleReader.memoryBound(byteCount: entry.byteCount), toRead: source.path)
        let bytes = try ZipContents(source: source, entry: entry, checksums: checksums)
            .bytes(limit: PickleReader.byteLimit)
        return (bytes, PickleOrigin(path: source.path, start: entry.dataOffset, isInflated: entry.method == .deflated))
    }

    /// Returns the names of records that are neither known nor in `used`.
    func records(besides used: Set<ByteString>) -> [ByteString] {
        let known: Set<ByteString> = Set(
            [
                "data.pkl", "version", "byteorder", ".format_version", ".storage_alignment", ".data/version",
                ".data/serialization_id",
            ].map { ByteString(bytes: prefix + Array($0.utf8)) })
        return zip.entries.map(\.name).filter { name in
            !known.contains(name) && !used.contains(name) && name.bytes.last != UInt8(ascii: "/")
        }
    }

    // MARK: Layout

    /// Returns the directory of the first entry, which must contain all others.
    private static func prefix(of zip: ZipArchive, path: String) throws(InputError) -> [UInt8] {
        guard let first = zip.entries.first, let slash = first.name.bytes.firstIndex(of: UInt8(ascii: "/")) else {
            throw InputError(
                .torchLayout, file: path, at: .byte(zip.directory.lowerBound), found: "no directory in the archive",
                required: "one that contains every record")
        }
        let prefix = Array(first.name.bytes[...slash])
        for entry in zip.entries where !entry.name.bytes.starts(with: prefix) {
            throw InputError(
                .torchLayout, file: path, at: .byte(entry.directoryOffset), found: "\"\(entry.name)\"",
                required: "a record below \"\(ByteString(bytes: prefix))\", where the first record is")
        }
        return prefix
    }

    private func checkNames() throws(InputError) {
        for entry in zip.entries {
            let record = entry.name.bytes.dropFirst(prefix.count)
            let last = record.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
            if last.elementsEqual("data.pkl".utf8), last.count != record.count {
                throw fault(.torchLayout, entry, found: "a second data.pkl", required: "one")
            }
            if last.isEmpty, entry.byteCount > 0 {
                throw fault(
                    .torchLayout, entry, found: "a directory of \(entry.byteCount) bytes", required: "an empty one")
            }
        }
        if entry("data.pkl") == nil { throw noPickle(zip, path: source.path) }
    }

    private func noPickle(_ zip: ZipArchive, path: String) -> InputError {
        InputError(
            .torchLayout, file: path, at: .byte(zip.directory.lowerBound),
            found: "no data.pkl among \(zip.entries.count) entries",
            required: "the pickle of a state dict")
    }

    // MARK: Small records

    /// Checks the version of the format. PyTorch reads versions 1 to 10.
    private func checkVersion() throws(InputError) {
        guard let entry = entry(".data/version") ?? entry("version") else {
            throw InputError(
                .torchRecord, file: source.path, at: .byte(zip.directory.lowerBound), found: "no record version",
                required: "one")
        }
        let text = String(decoding: try small(entry), as: UTF8.self)
        let digits = text.hasSuffix("\n") ? text.dropLast() : text[...]
        guard digits.count <= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let version = Int(digits),
            version > 0
        else { throw fault(.torchRecord, entry, found: "\(ByteString(text))", required: "a version number") }
        if version > 10 {
            throw fault(.unsupportedTorchRecord, entry, found: "version \(version)", required: "at most 10")
        }
    }

    /// Checks the byte order. Files without the record are little-endian.
    private func checkByteOrder() throws(InputError) {
        guard let entry = entry("byteorder") else { return }
        switch ByteString(bytes: try small(entry)) {
        case "little": return
        case "big":
            throw fault(.unsupportedTorchRecord, entry, found: "big-endian numbers", required: "little-endian ones")
        case let other: throw fault(.torchRecord, entry, found: "\"\(other)\"", required: "\"little\"")
        }
    }

    private func small(_ entry: ZipEntry) throws(InputError) -> [UInt8] {
        if entry.byteCount > Self.recordByteLimit {
            throw fault(
                .torchRecord, entry, found: "\(entry.byteCount) bytes", required: "at most \(Self.recordByteLimit)")
        }
        return try ZipContents(source: source, entry: entry, checksums: checksums).bytes(limit: Self.recordByteLimit)
    }

    func fault(_ rule: InputRule, _ entry: ZipEntry, found: String = "", required: String = "") -> InputError {
        InputError(
            rule, file: source.path, at: .byte(entry.dataOffset),
            found: "\"\(entry.name)\"" + (found.isEmpty ? "" : ": \(found)"), required: required)
    }
}
