import SkipFiles
import SkipModel

/// The header of a safetensors file: an 8-byte little-endian length, that many bytes of JSON, then the tensors.
///
/// Parsing checks everything that can be known without reading a weight: the tensors cover the rest of the file without
/// hole or overlap, in the types and shapes that they declare.
public struct SafetensorsHeader: Equatable, Sendable {
    /// In the order of their bytes.
    public let tensors: [CheckpointTensor]
    /// Bytes before the first tensor.
    public let dataOffset: Int
    /// `__metadata__`, as written.
    public let metadata: [JSONObject.Member]

    /// Bytes of the length field.
    static let lengthByteCount = 8
    /// The largest header that the reference implementation accepts.
    static let headerByteLimit = 100_000_000
    static let tensorCountLimit = 1_000_000
    static let rankLimit = 8
    static let nameByteLimit = 1_024

    /// Reads and checks the header of an open file.
    public static func read(_ file: InputFile) throws(InputError) -> SafetensorsHeader {
        guard file.byteCount >= lengthByteCount else {
            throw InputError(
                .safetensorsHeaderLength, file: file.path, found: "\(file.byteCount) bytes", required: "at least 8")
        }
        let headerByteCount = try headerLength(
            try file.bytes(0..<lengthByteCount), fileByteCount: file.byteCount, path: file.path)
        let header = try file.bytes(lengthByteCount..<lengthByteCount + headerByteCount)
        return try parse(header, fileByteCount: file.byteCount, path: file.path)
    }

    /// The header's length from the first eight bytes, checked against the file's size before anything is allocated.
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

    /// Parses the JSON part. `fileByteCount` is the size of the whole file.
    public static func parse(
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
        // The specification pads with spaces only.
        let padding = header.reversed().prefix { $0 == 0x20 }.count
        if header[header.count - padding - 1] != UInt8(ascii: "}") {
            throw InputError(
                .safetensorsHeaderWhitespace, file: path, at: .byte(lengthByteCount + header.count - padding - 1),
                found: "something else than \"}\" before the padding", required: "an object padded with spaces")
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.parse(header) } catch { throw jsonError(error, path: path) }
        guard case .object(let object) = value else {
            throw InputError(
                .safetensorsHeaderStart, file: path, at: .byte(lengthByteCount), found: value.kindName,
                required: "an object")
        }
        let dataOffset = lengthByteCount + header.count
        var entries = EntryReader(
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

/// Checks the header's members one by one.
private struct EntryReader {
    let path: String
    let dataOffset: Int
    let dataByteCount: Int
    let tensorCountLimit: Int
    var metadata: [JSONObject.Member] = []
    var tensors: [CheckpointTensor] = []

    init(path: String, dataOffset: Int, dataByteCount: Int, tensorCountLimit: Int) {
        self.path = path
        self.dataOffset = dataOffset
        self.dataByteCount = dataByteCount
        self.tensorCountLimit = tensorCountLimit
    }

    mutating func add(_ member: JSONObject.Member) throws(InputError) {
        if member.key == "__metadata__" { return try readMetadata(member) }
        if tensors.count == tensorCountLimit {
            throw error(.safetensorsTensorCount, member, found: "more than \(tensorCountLimit) tensors")
        }
        if member.key.bytes.count > SafetensorsHeader.nameByteLimit {
            throw error(
                .safetensorsNameLength, member, found: "a name of \(member.key.bytes.count) bytes",
                required: "at most \(SafetensorsHeader.nameByteLimit)")
        }
        guard case .object(let entry) = member.value else {
            throw error(.safetensorsEntry, member, found: member.value.kindName, required: "an object")
        }
        for field in entry.members where !["dtype", "shape", "data_offsets"].contains(field.key) {
            throw error(
                .safetensorsEntry, member, found: "the key \"\(field.key)\"",
                required: "dtype, shape and data_offsets only")
        }
        let storedType = try readType(entry, member)
        let shape = try readShape(entry, member)
        let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: storedType.byteCount)
        if overflow { throw error(.safetensorsShapeOverflow, member, found: "shape \(shape)") }
        let offsets = try readOffsets(entry, member)
        if offsets.count != byteCount {
            throw error(
                .safetensorsOffsets, member, found: "data_offsets length \(offsets.count)",
                required: "\(byteCount) for \(storedType.rawValue) \(shape)")
        }
        tensors.append(
            CheckpointTensor(
                name: member.key, storedType: storedType, shape: shape, byteOffset: dataOffset + offsets.lowerBound,
                headerOffset: headerOffset(member)))
    }

    /// The tensors by position, once they are known to cover the data exactly.
    func orderedByOffset() throws(InputError) -> [CheckpointTensor] {
        let ordered = tensors.sorted { ($0.byteOffset, $0.byteCount) < ($1.byteOffset, $1.byteCount) }
        var end = dataOffset
        for tensor in ordered {
            if tensor.byteOffset != end {
                let what = tensor.byteOffset > end ? "a gap" : "an overlap"
                throw InputError(
                    .safetensorsCoverage, file: path, at: .tensor(tensor.name, headerOffset: tensor.headerOffset),
                    found: "\(what): data begins at byte \(tensor.byteOffset)",
                    required: "byte \(end), where the tensor before it ends")
            }
            end += tensor.byteCount
        }
        let fileEnd = dataOffset + dataByteCount
        if end != fileEnd {
            throw InputError(
                .safetensorsCoverage, file: path, at: .byte(end), found: "\(fileEnd - end) bytes after the last tensor",
                required: "the end of the file")
        }
        return ordered
    }

    private mutating func readMetadata(_ member: JSONObject.Member) throws(InputError) {
        guard case .object(let object) = member.value else {
            throw error(.safetensorsMetadata, member, found: member.value.kindName, required: "an object of strings")
        }
        for entry in object.members {
            guard case .string = entry.value else {
                throw error(
                    .safetensorsMetadata, member, found: "\"\(entry.key)\": \(entry.value.kindName)",
                    required: "a string")
            }
        }
        metadata = object.members
    }

    private func readType(_ entry: JSONObject, _ member: JSONObject.Member) throws(InputError) -> StoredType {
        guard case .string(let name)? = entry["dtype"] else {
            throw error(.safetensorsEntry, member, found: entry["dtype"]?.kindName ?? "no dtype", required: "a dtype")
        }
        if StoredType.knownButUnsupported.contains(name) {
            throw error(.safetensorsUnsupportedType, member, found: "dtype \(name)")
        }
        guard let storedType = StoredType.allCases.first(where: { ByteString($0.rawValue) == name }) else {
            throw error(.safetensorsUnknownType, member, found: "dtype \"\(name)\"")
        }
        return storedType
    }

    private func readShape(_ entry: JSONObject, _ member: JSONObject.Member) throws(InputError) -> TensorShape {
        guard case .array(let values)? = entry["shape"] else {
            throw error(.safetensorsEntry, member, found: entry["shape"]?.kindName ?? "no shape", required: "a shape")
        }
        if values.count > SafetensorsHeader.rankLimit {
            throw error(
                .safetensorsRank, member, found: "rank \(values.count)",
                required: "at most \(SafetensorsHeader.rankLimit)")
        }
        var dimensions: [Int] = []
        for value in values { dimensions.append(try count(value, .safetensorsShape, member)) }
        guard let shape = TensorShape(dimensions) else {
            throw error(
                .safetensorsShapeOverflow, member, found: "shape \(dimensions)", required: "a product below 2^63")
        }
        return shape
    }

    private func readOffsets(_ entry: JSONObject, _ member: JSONObject.Member) throws(InputError) -> Range<Int> {
        guard case .array(let values)? = entry["data_offsets"] else {
            throw error(
                .safetensorsEntry, member, found: entry["data_offsets"]?.kindName ?? "no data_offsets",
                required: "data_offsets")
        }
        if values.count != 2 {
            throw error(.safetensorsOffsets, member, found: "\(values.count) data_offsets", required: "2")
        }
        let begin = try count(values[0], .safetensorsOffsets, member)
        let end = try count(values[1], .safetensorsOffsets, member)
        if begin > end {
            throw error(.safetensorsOffsets, member, found: "data_offsets [\(begin), \(end)]", required: "begin ≤ end")
        }
        if end > dataByteCount {
            throw error(
                .safetensorsTruncated, member, found: "a file of \(dataOffset + dataByteCount) bytes",
                required:
                    "\(dataOffset.addingReportingOverflow(end).partialValue) bytes for this tensor (incomplete download?)"
            )
        }
        return begin..<end
    }

    /// A non-negative integer, written as one.
    private func count(_ value: JSONValue, _ rule: InputRule, _ member: JSONObject.Member) throws(InputError) -> Int {
        guard case .number(let number) = value else {
            throw error(rule, member, found: value.kindName, required: "a count")
        }
        guard let integer = number.integer, integer >= 0 else {
            throw error(rule, member, found: String(number.lexeme.prefix(40)), required: "a count below 2^63")
        }
        return integer
    }

    private func headerOffset(_ member: JSONObject.Member) -> Int {
        SafetensorsHeader.lengthByteCount + member.keyOffset
    }

    private func error(_ rule: InputRule, _ member: JSONObject.Member, found: String, required: String = "")
        -> InputError
    {
        InputError(
            rule, file: path, at: .tensor(member.key, headerOffset: headerOffset(member)), found: found,
            required: required)
    }
}
