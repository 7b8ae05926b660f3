import SkipFiles
import SkipModel

@testable import SkipConvert

/// Reads arbitrary bytes as a safetensors file, as they are and with the length of the header and the size of the file
/// corrected, because a mutated header rarely has its old length.
///
/// The tensors of an accepted header cover the rest of the file, and a header that is written for them is accepted.
enum SafetensorsEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let header = Array(bytes.dropFirst(8))
        try examineCorrected(header)
        let path = "fuzz.safetensors"
        guard bytes.count >= 8 else {
            throw InputError(.safetensorsHeaderLength, file: path, found: "\(bytes.count) bytes")
        }
        let length = try SafetensorsHeader.headerLength(Array(bytes[..<8]), fileByteCount: bytes.count, path: path)
        try examine(Array(header[..<length]), fileByteCount: bytes.count)
    }

    private static func examineCorrected(_ header: [UInt8]) throws {
        guard let end = header.lastIndex(of: UInt8(ascii: "}")) else { return }
        let text = Array(header[...end])
        guard case .object(let object)? = try? JSONReader.parse(text) else { return }
        var dataByteCount = 0
        for member in object.members {
            if case .object(let entry) = member.value, case .array(let offsets)? = entry["data_offsets"],
                offsets.count == 2, case .number(let number) = offsets[1]
            {
                dataByteCount = max(dataByteCount, min(number.integer ?? 0, 1 << 60))
            }
        }
        do {
            try examine(text, fileByteCount: 8 + text.count + dataByteCount)
        } catch is InputError {
            return
        }
    }

    private static func examine(_ header: [UInt8], fileByteCount: Int) throws {
        let file = try SafetensorsHeader.parse(header, fileByteCount: fileByteCount, path: "fuzz.safetensors")
        try require(file.dataOffset == 8 + header.count, "the data begins after the header")
        var end = file.dataOffset
        for tensor in file.tensors {
            try require(tensor.byteOffset == end, "a tensor begins where the one before it ends")
            try require(tensor.byteCount >= 0 && tensor.strides == nil, "a tensor is contiguous")
            end += tensor.byteCount
        }
        try require(end == fileByteCount, "the last tensor ends with the file")
        try require(Set(file.tensors.map(\.name)).count == file.tensors.count, "the names are unique")
        try rewrite(file)
    }

    private static func rewrite(_ file: SafetensorsHeader) throws {
        let layout = SafetensorsLayout(file.tensors.map { .init($0.name, $0.storedType, $0.shape) })
        let again: SafetensorsHeader
        do throws(InputError) {
            again = try SafetensorsHeader.parse(
                Array(layout.header[8...]), fileByteCount: layout.fileByteCount, path: "rewritten.safetensors")
        } catch {
            throw BrokenProperty(description: "the written header is refused: \(error)")
        }
        let isSame = zip(again.tensors, file.tensors).allSatisfy {
            $0.storedType == $1.storedType && $0.byteCount == $1.byteCount
        }
        try require(again.tensors.count == file.tensors.count && isSame, "the written tensors are the same")
    }
}
