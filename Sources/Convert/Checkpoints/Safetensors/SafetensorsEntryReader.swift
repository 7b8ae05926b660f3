import SkipFiles
import SkipModel

/// Reads and checks the members of a safetensors header, one by one.
struct SafetensorsEntryReader {
    let path: String
    let dataOffset: Int
    let dataByteCount: Int
    let tensorCountLimit: Int
    private(set) var metadata: [JSONObject.Member] = []
    private var tensors: [CheckpointTensor] = []

    init(path: String, dataOffset: Int, dataByteCount: Int, tensorCountLimit: Int) {
        self.path = path
        self.dataOffset = dataOffset
        self.dataByteCount = dataByteCount
        self.tensorCountLimit = tensorCountLimit
    }

    /// Reads a member: a tensor or `__metadata__`.
    mutating func add(_ member: JSONObject.Member) throws(InputError) {
        if member.key == "__metadata__" { return try readMetadata(member) }
        if tensors.count == tensorCountLimit {
            throw error(
                .safetensorsTensorCount, member, found: "more than \(tensorCountLimit) tensors")
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

    /// Returns the tensors in the order of their positions, after a check that they cover the data exactly.
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
        metadata = Array(object.members)
    }

    private func readType(_ entry: JSONObject, _ member: JSONObject.Member) throws(InputError) -> StoredType {
        guard case .string(let name)? = entry["dtype"] else {
            throw error(.safetensorsEntry, member, found: entry["dtype"]?.kindName ?? "no dtype", required: "a dtype")
        }
        if StoredType.quantized.contains(name) {
            throw InputError(
                .quantizedCheckpoint, file: path, found: "\(name), a type of quantized weights, in \"\(member.key)\"")
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

    /// Reads a non-negative integer.
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
