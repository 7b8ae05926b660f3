import SkipFiles

/// The first bytes of a file, from which its format is recognized.
struct FileStart {
    /// At most `byteLimit` bytes.
    let bytes: [UInt8]
    /// The size of the file, in bytes.
    let fileByteCount: Int

    static let byteLimit = 4096

    init(of source: some ByteSource) throws(InputError) {
        fileByteCount = source.byteCount
        bytes = try source.bytes(0..<min(Self.byteLimit, source.byteCount))
    }

    func hasPrefix(_ prefix: [UInt8], at offset: Int = 0) -> Bool {
        bytes.count >= offset + prefix.count && bytes[offset..<offset + prefix.count].elementsEqual(prefix)
    }

    /// Whether this is the length and the first byte of a safetensors header. The rest may be broken.
    ///
    /// The length is below 2^32, so that its high bytes are zero, and no text and no other known format begins this way.
    var isSafetensors: Bool {
        bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
            && bytes[..<4].contains { $0 != 0 }
    }

    var isZipArchive: Bool { hasPrefix([0x50, 0x4B, 0x03, 0x04]) }

    /// The format of torch files before PyTorch 1.6: a pickle of the number 0x1950a86a20f9469cfc6c.
    var isLegacyTorchFile: Bool {
        hasPrefix([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E])
    }

    /// A pickle of protocol 2 to 5, whose first operation is one that begins an object.
    var isPickle: Bool {
        bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
            && [0x28, 0x29, 0x4E, 0x58, 0x5D, 0x63, 0x7D, 0x8A, 0x8C, 0x95].contains(bytes[2])
    }

    /// The magic bytes of a `.skipgpt` file; `SkipFormat` defines them.
    var isCompiledModel: Bool { hasPrefix([0x89] + Array("SKIPGPT\r\n".utf8) + [0x1A, 0x0A]) }

    /// The magic bytes of a `.skipz` package; `SkipPackage` defines them.
    var isPackage: Bool { hasPrefix([0x89] + Array("SKIPZST\r\n".utf8) + [0x1A, 0x0A]) }

    /// The start as text without a byte order mark and leading spaces; nil if it is not text.
    var text: String? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        let isText = body.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        guard isText, !body.isEmpty else { return nil }
        // A character may be cut at the end of what was read.
        let cuts = bytes.count < fileByteCount ? 0...3 : 0...0
        guard cuts.contains(where: { String(validating: body.dropLast($0), as: UTF8.self) != nil }) else { return nil }
        return String(decoding: body.drop { $0 <= 0x20 }, as: UTF8.self)
    }
}
