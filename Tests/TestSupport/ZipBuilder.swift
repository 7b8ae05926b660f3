/// Builds zip archives with the layout of torch's writer: sizes and checksums after the data, zip64 end records, and an
/// extra field that aligns the data. Every part can be changed, so that tests can make invalid archives.
public struct ZipBuilder {
    public struct Entry {
        public var name: [UInt8]
        /// The contents before compression.
        public var contents: [UInt8]
        /// 0 stored, 8 deflated.
        public var method = 0
        /// Replaces the stored bytes, for broken streams.
        public var storedBytes: [UInt8]?
        /// Replaces the size in the headers.
        public var declaredByteCount: Int?
        public var flags = 0x0808
        /// Extra fields of the local header and of the directory's.
        public var localExtra: [UInt8]?
        public var centralExtra: [UInt8] = []
        /// The form that Python's zipfile writes: sizes and checksum in the local header, no descriptor.
        public var isPlain = false

        public init(_ name: String, _ contents: [UInt8]) {
            self.name = Array(name.utf8)
            self.contents = contents
        }

        public init(_ name: String, _ contents: String) { self.init(name, Array(contents.utf8)) }
    }

    public var entries: [Entry]
    public var alignment = 64
    public var comment: [UInt8] = []

    public init(_ entries: [Entry]) { self.entries = entries }

    /// The entry with a name.
    public subscript(name: String) -> Entry {
        get { entries[index(name)] }
        set { entries[index(name)] = newValue }
    }

    private func index(_ name: String) -> Int {
        guard let index = entries.firstIndex(where: { $0.name == Array(name.utf8) }) else {
            preconditionFailure("no entry \(name)")
        }
        return index
    }

    /// A built archive and the offsets of its parts.
    public struct Archive {
        public var bytes: [UInt8] = []
        public var headers: [Int] = []
        public var data: [Int] = []
        /// The ends of the data. An entry's descriptor, if it has one, starts there.
        public var dataEnds: [Int] = []
        public var centralHeaders: [Int] = []
        public var zip64Record = 0
        public var locator = 0
        public var endRecord = 0

        /// Overwrites bytes, starting at an offset.
        public mutating func patch(_ position: Int, _ new: [UInt8]) {
            bytes.replaceSubrange(position..<position + new.count, with: new)
        }
    }

    public func build() -> Archive {
        var archive = Archive()
        for entry in entries { append(entry, to: &archive) }
        let directory = archive.bytes.count
        for (entry, header) in zip(entries, archive.headers) {
            archive.centralHeaders.append(archive.bytes.count)
            archive.bytes += centralHeader(entry, header: header)
        }
        let directoryByteCount = archive.bytes.count - directory
        archive.zip64Record = archive.bytes.count
        let count = UInt64(entries.count)
        archive.bytes += littleEndian(UInt32(0x0606_4B50)) + littleEndian(UInt64(44)) + [30, 3, 45, 0] + Self.zeros(8)
        archive.bytes += littleEndian(count) + littleEndian(count)
        archive.bytes += littleEndian(UInt64(directoryByteCount)) + littleEndian(UInt64(directory))
        archive.locator = archive.bytes.count
        archive.bytes += littleEndian(UInt32(0x0706_4B50)) + Self.zeros(4) + littleEndian(UInt64(archive.zip64Record))
        archive.bytes += [1, 0, 0, 0]
        archive.endRecord = archive.bytes.count
        archive.bytes += littleEndian(UInt32(0x0605_4B50)) + Self.zeros(4)
        archive.bytes += littleEndian(UInt16(count)) + littleEndian(UInt16(count))
        archive.bytes += littleEndian(UInt32(directoryByteCount)) + littleEndian(UInt32(directory))
        archive.bytes += littleEndian(UInt16(comment.count)) + comment
        return archive
    }

    private func append(_ entry: Entry, to archive: inout Archive) {
        let stored = Self.stored(entry)
        let start = archive.bytes.count
        archive.headers.append(start)
        let plain = entry.isPlain
        archive.bytes += littleEndian(UInt32(0x0403_4B50)) + [0, 0] + littleEndian(UInt16(Self.flags(entry)))
        archive.bytes += littleEndian(UInt16(entry.method)) + Self.zeros(4)
        archive.bytes += plain ? Self.sizes(entry, stored.count) : Self.zeros(12)
        let extra = entry.localExtra ?? padding(start: start + 30 + entry.name.count)
        archive.bytes += littleEndian(UInt16(entry.name.count)) + littleEndian(UInt16(extra.count))
        archive.bytes += entry.name + extra
        archive.data.append(archive.bytes.count)
        archive.bytes += stored
        archive.dataEnds.append(archive.bytes.count)
        if Self.flags(entry) & 8 != 0 {
            archive.bytes += littleEndian(UInt32(0x0807_4B50)) + Self.sizes(entry, stored.count)
        }
    }

    /// The extra field "FB" that aligns the data.
    private func padding(start: Int) -> [UInt8] {
        let count = (alignment - (start + 4) % alignment) % alignment
        return Array("FB".utf8) + littleEndian(UInt16(count)) + [UInt8](repeating: UInt8(ascii: "Z"), count: count)
    }

    private func centralHeader(_ entry: Entry, header: Int) -> [UInt8] {
        var bytes = littleEndian(UInt32(0x0201_4B50)) + Self.zeros(4) + littleEndian(UInt16(Self.flags(entry)))
        bytes += littleEndian(UInt16(entry.method)) + Self.zeros(4) + Self.sizes(entry, Self.stored(entry).count)
        bytes += littleEndian(UInt16(entry.name.count)) + littleEndian(UInt16(entry.centralExtra.count))
        bytes += Self.zeros(10) + littleEndian(UInt32(header))
        return bytes + entry.name + entry.centralExtra
    }

    /// torch writes no descriptor for an empty entry.
    private static func flags(_ entry: Entry) -> Int {
        entry.isPlain || entry.contents.isEmpty ? entry.flags & ~8 : entry.flags
    }

    private static func stored(_ entry: Entry) -> [UInt8] {
        entry.storedBytes ?? (entry.method == 8 ? deflated(entry.contents) : entry.contents)
    }

    /// Checksum, stored size and size.
    private static func sizes(_ entry: Entry, _ storedByteCount: Int) -> [UInt8] {
        littleEndian(checksum(entry.contents)) + littleEndian(UInt32(storedByteCount))
            + littleEndian(UInt32(entry.declaredByteCount ?? entry.contents.count))
    }

    /// A deflate stream of stored blocks.
    public static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            stream += [rest.isEmpty ? 1 : 0] + littleEndian(count) + littleEndian(~count) + block
        } while !rest.isEmpty
        return stream
    }

    /// CRC-32, bit by bit.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
