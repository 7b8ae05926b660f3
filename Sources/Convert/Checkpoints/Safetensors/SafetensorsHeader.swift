import SkipFiles
import SkipModel

/// The header of a safetensors file: an 8-byte little-endian length, that many bytes of JSON, then the tensors.
///
/// Parsing checks that the tensors cover the rest of the file without gap or overlap, and that their sizes agree with
/// their types and shapes. No weight is read.
public struct SafetensorsHeader: Equatable, Sendable {
    /// The tensors in the order of their positions.
    public let tensors: [CheckpointTensor]
    /// The position of the first tensor's data, in bytes.
    public let dataOffset: Int
    /// The members of `__metadata__`.
    public let metadata: [JSONObject.Member]

    /// The size of the length field, in bytes.
    static let lengthByteCount = 8
    /// The largest header that the reference implementation accepts.
    static let headerByteLimit = 100_000_000
    static let tensorCountLimit = 200_000
    static let rankLimit = 8
    static let nameByteLimit = 1_024

    /// Reads and checks the header of an open file. Throws what the file is if it is in another known format.
    public static func read(_ file: InputFile) throws(InputError) -> SafetensorsHeader {
        if let fault = try ForeignFile.fault(file, named: .safetensors) { throw fault }
        guard file.byteCount >= lengthByteCount else {
            throw InputError(
                .safetensorsHeaderLength, file: file.path, found: "\(file.byteCount) bytes", required: "at least 8")
        }
        let headerByteCount = try headerLength(
            try file.bytes(0..<lengthByteCount), fileByteCount: file.byteCount, path: file.path)
        try MemoryProbe.require(headerByteCount * (1 + JSONReader.memoryPerByte), toRead: file.path)
        let header = try file.bytes(lengthByteCount..<lengthByteCount + headerByteCount)
        return try parse(header, fileByteCount: file.byteCount, path: file.path)
    }

    /// Returns the header's length from the first eight bytes. It is checked before the header is allocated.
    static func headerLength(_ bytes: [UInt8], fileByteCount: Int, path: String) throws(InputError) -> Int {
        let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let available = fileByteCount - lengthByteCount
        if length < 2 {
            throw InputError(
                .safetensorsHeaderStart, file: path, at: .byte(0), found: "a header of \(length) bytes",
                required: "at least 2")
        }
        if length > UInt64(available) {
            throw InputError(
                .safetensorsHeaderBeyondFile, file: path, at: .byte(0), found: "a header of \(length) bytes",
                required: "at most the \(available) bytes that follow")
        }
        if length > UInt64(headerByteLimit) {
            throw InputError(
                .safetensorsHeaderTooLarge, file: path, at: .byte(0), found: "a header of \(length) bytes",
                required: "at most \(headerByteLimit)")
        }
        return Int(length)
    }

    /// Parses the JSON part. `fileByteCount` is the size of the complete file.
    static func parse(
        _ header: [UInt8], fileByteCount: Int, path: String
    ) throws(InputError) -> SafetensorsHeader {
        try parse(header, fileByteCount: fileByteCount, path: path, tensorCountLimit: tensorCountLimit)
    }

    static func parse(
        _ header: [UInt8], fileByteCount: Int, path: String, tensorCountLimit: Int
    ) throws(InputError) -> SafetensorsHeader {
        if header.first != UInt8(ascii: "{") {
            throw InputError(
                .safetensorsHeaderStart, file: path, at: .byte(lengthByteCount), found: "no \"{\"",
                required: "a JSON object")
        }
        // The specification allows only spaces as padding.
        let padding = header.reversed().prefix { $0 == 0x20 }.count
        if header[header.count - padding - 1] != UInt8(ascii: "}") {
            throw InputError(
                .safetensorsHeaderWhitespace, file: path, at: .byte(lengthByteCount + header.count - padding - 1),
                found: "another character than \"}\" before the padding", required: "an object padded with spaces")
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.parse(header) } catch { throw jsonError(error, path: path) }
        guard case .object(let object) = value else {
            throw InputError(
                .safetensorsHeaderStart, file: path, at: .byte(lengthByteCount), found: value.kindName,
                required: "an object")
        }
        let dataOffset = lengthByteCount + header.count
        var entries = SafetensorsEntryReader(
            path: path, dataOffset: dataOffset, dataByteCount: fileByteCount - dataOffset,
            tensorCountLimit: tensorCountLimit)
        for member in object.members { try entries.add(member) }
        return SafetensorsHeader(
            tensors: try entries.orderedByOffset(), dataOffset: dataOffset, metadata: entries.metadata)
    }

    private static func jsonError(_ error: JSONError, path: String) -> InputError {
        let rule: InputRule =
            switch error.reason {
            case .invalidUTF8, .byteOrderMark, .controlCharacter, .loneSurrogate: .safetensorsHeaderEncoding
            case .duplicateKey: .safetensorsDuplicateName
            case .tooDeep: .safetensorsDepth
            case .tooManyValues: .safetensorsTensorCount
            default: .safetensorsHeaderStart
            }
        return InputError(rule, file: path, at: .byte(lengthByteCount + error.offset), found: error.reason.phrase)
    }
}
