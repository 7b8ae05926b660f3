/// The rules that every `.skipz` package obeys. Numbers are those of `specs/skipz-format.md` and never change meaning.
public enum PackageRule: Int, Sendable, CaseIterable {
    // The header.
    case regularFile = 1
    case headerPresent = 2
    case magic = 3
    case endianTag = 4
    case majorVersion = 5
    case headerByteCount = 6
    case headerChecksum = 7
    case incompatibleFeatures = 8
    case compatibleFeatures = 9
    case headerReserved = 10
    case packageByteCount = 11
    case partNumber = 12
    case baseIsOther = 13
    case fileByteCount = 14

    // The index.
    case indexCount = 20
    case indexChecksum = 21
    case blockOrder = 22
    case encoding = 23
    case storedByteCount = 24
    case entryReserved = 25
    case frontBlocks = 26
    case frontByteCount = 27
    case frontLimits = 28
    case frontEncoding = 29

    // The index against the file.
    case frontPresent = 30
    case fileIdentity = 31
    case blockCounts = 32
    case rawByteCount = 33
    case encodingOfType = 34

    // Blocks.
    case blockPresent = 40
    case planes = 41
    case frameHeader = 42
    case frame = 43
    case blockHash = 44

    // Bases and parts.
    case base = 50
    case baseBlocks = 51
    case parts = 60
    case blockTwice = 61

    // Outputs.
    case partialOutput = 70
    case repairedFile = 71

    /// `SZ-07`
    public var id: String { "SZ-" + (rawValue < 10 ? "0" : "") + String(rawValue) }

    /// Whether a package that breaks the rule may be valid but uses a feature that this reader does not know.
    public var meansUnsupported: Bool {
        switch self {
        case .majorVersion, .incompatibleFeatures, .encoding: true
        default: false
        }
    }
}

extension PackageRule {
    /// The rule in the words of the specification.
    public var statement: String {
        switch self {
        case .regularFile: "the package is a regular file"
        case .headerPresent: "the package holds at least the header's 256 bytes"
        case .magic: "the package begins with the magic bytes"
        case .endianTag: "the endian tag reads 0x01020304 as a little-endian number"
        case .majorVersion: "the major version is 1"
        case .headerByteCount: "the header states its own length, 256"
        case .headerChecksum: "the header's CRC-32C is right"
        case .incompatibleFeatures: "no incompatible feature bit is set that the reader does not know"
        case .compatibleFeatures: "no compatible feature bit is set in minor version 0"
        case .headerReserved: "reserved bytes of the header are zero"
        case .packageByteCount: "the package ends with its last block, as the header states"
        case .partNumber: "the part number is 1 to the number of parts, which is at most 99999"
        case .baseIsOther: "the base of a delta is another file"
        case .fileByteCount: "the length of the file is 4096 to 2^56"
        case .indexCount: "the index has an entry for 1 block or more, and at most for every block of the file"
        case .indexChecksum: "the CRC-32C of the index is right"
        case .blockOrder: "block numbers ascend and are less than the number of blocks of the file"
        case .encoding: "the encoding is known"
        case .storedByteCount:
            "the stored length is the raw length if the block is stored, and otherwise less; neither is 0"
        case .entryReserved: "reserved bytes of an index entry are zero"
        case .frontBlocks:
            "the first part has all blocks before the weights, or all but those of the tokenizer of a delta; other parts have none"
        case .frontByteCount: "the front length is where the blocks of weights begin"
        case .frontLimits:
            "block 0 has at most 35651584 raw bytes, a block of metadata 1048576, and all together at most 134217728"
        case .frontEncoding: "blocks before the weights are stored or whole"
        case .frontPresent: "the front of the package is present"
        case .fileIdentity: "the file has the length and the root hash that the package states"
        case .blockCounts: "the numbers of blocks are those of the file"
        case .rawByteCount: "the raw length of a block is that of the file"
        case .encodingOfType: "the encoding is one for the type of the tensor"
        case .blockPresent: "the block is present"
        case .planes:
            "the stored lengths of the planes add up to that of the block, and none is longer than its plane"
        case .frameHeader:
            "a plane is one zstd frame that states the plane's length as its content size and no dictionary"
        case .frame: "the zstd frame is valid"
        case .blockHash: "the block has the SHA-256 that the file's leaf hashes state"
        case .base:
            "the base is given if, and only if, the package is a delta, and has the root hash that the package states"
        case .baseBlocks: "the base has every block that the delta leaves out"
        case .parts: "the parts are those of one package, each given once"
        case .blockTwice: "a block of weights is in one part"
        case .partialOutput: "the partial output is one of the same file"
        case .repairedFile: "the file to repair is the one that the package holds, damaged"
        }
    }
}
