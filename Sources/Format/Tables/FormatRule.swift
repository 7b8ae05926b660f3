/// The rules that every `.skipgpt` file obeys. Numbers are those of `specs/skipgpt-format.md` and never change meaning.
public enum FormatRule: Int, Sendable, CaseIterable {
    // The header.
    case regularFile = 1
    case headerPresent = 2
    case magic = 3
    case endianTag = 4
    case majorVersion = 5
    case headerByteCount = 6
    case headerChecksum = 7
    case fileByteCount = 8
    case incompatibleFeatures = 9
    case compatibleFeatures = 10
    case alignment = 11
    case headerReserved = 12
    case sectionTable = 13
    case tensorTable = 14
    case tablesEnd = 15
    case tablesChecksum = 16

    // The section table.
    case sectionKind = 20
    case sectionLayer = 21
    case sectionOrder = 22
    case requiredSections = 23
    case sectionFlags = 24
    case sectionOffset = 25
    case sectionByteCount = 26
    case sectionTensors = 27
    case sectionLeaves = 28
    case sectionReserved = 29
    case fileEnd = 30
    case padding = 31

    // The configuration.
    case configurationByteCount = 40
    case layerCount = 41
    case routingRule = 42
    case architecture = 43
    case activation = 44
    case sizeLimits = 45
    case headCounts = 46
    case headDimension = 47
    case realNumbers = 48
    case rotaryScaling = 49
    case tokenIDs = 50
    case routerKind = 51
    case slidingWindow = 52
    case configurationReserved = 53
    case routerHiddenWidth = 54

    // The tensor table.
    case tensorRole = 60
    case tensorLayer = 61
    case tensorOrder = 62
    case elementType = 63
    case packing = 64
    case tensorReserved = 65
    case tensorShape = 66
    case vectorType = 67
    case tensorSection = 68
    case tensorOffset = 69
    case tensorByteCount = 70
    case tensorLeaves = 71
    case requiredTensors = 72
    case leafTableByteCount = 73
    case packingOfType = 74
    case groupSize = 75
    case recordPadding = 76
    case scale = 77
    case quantizedValue = 78

    // Provenance.
    case provenanceStructure = 80
    case provenanceKey = 81
    case provenanceValue = 82

    // Figures of quantization.
    case figures = 83

    // Hashes.
    case sectionTableHash = 90
    case tensorTableHash = 91
    case rootHash = 92
    case metadataHash = 93
    case leafHash = 94
    case sectionHash = 95

    /// `SK-07`
    public var id: String { "SK-" + (rawValue < 10 ? "0" : "") + String(rawValue) }

    /// Whether a file that breaks the rule may be valid but uses a feature that this reader does not know.
    public var meansUnsupported: Bool {
        switch self {
        case .majorVersion, .incompatibleFeatures, .sectionKind, .routingRule, .architecture, .activation,
            .rotaryScaling,
            .routerKind, .tensorRole, .elementType, .packing:
            true
        default: false
        }
    }
}

extension FormatRule {
    /// The rule in the words of the specification.
    public var statement: String {
        switch self {
        case .regularFile: "the file is a regular file"
        case .headerPresent: "the file holds at least the header's 4096 bytes"
        case .magic: "the file begins with the magic bytes"
        case .endianTag: "the endian tag reads 0x01020304 as a little-endian number"
        case .majorVersion: "the major version is 1"
        case .headerByteCount: "the header states its own length, 4096"
        case .headerChecksum: "the header's CRC-32C is right"
        case .fileByteCount: "the stated length is that of the file, and at most 2^56"
        case .incompatibleFeatures: "no incompatible feature bit is set that the reader does not know"
        case .compatibleFeatures: "no compatible feature bit is set in minor version 0"
        case .alignment: "the alignment's logarithm is 12 to 16"
        case .headerReserved: "reserved bytes of the header are zero"
        case .sectionTable: "the section table is at 4096 with 2 to 65536 entries of 128 bytes, inside the file"
        case .tensorTable:
            "the tensor table follows the section table with 1 to 262144 entries of 96 bytes, inside the file"
        case .tablesEnd: "the checksummed region ends with the provenance section or, without one, the configuration"
        case .tablesChecksum: "the CRC-32C of the tables is right"
        case .sectionKind:
            "the section kind is known; an unknown one is not critical, less than 256 and not of minor version 0"
        case .sectionLayer:
            "a section has a layer if and only if its kind exists per layer, and it is less than the layer count"
        case .sectionOrder: "sections stand in canonical order, each at most once"
        case .requiredSections: "the configuration comes first, and there is a leaf hash table"
        case .sectionFlags: "the flags are those of the section's kind"
        case .sectionOffset: "a section begins at the first aligned byte after the one before"
        case .sectionByteCount: "a section is not empty and ends inside the file"
        case .sectionTensors: "the tensors of the sections follow one another and are all tensors of the table"
        case .sectionLeaves: "the leaves of the sections follow one another and are those of their tensors"
        case .sectionReserved: "reserved bytes of a section entry are zero"
        case .fileEnd: "the file ends at the first aligned byte after its last section"
        case .padding: "bytes between tables, sections and tensors are zero"
        case .configurationByteCount:
            "the configuration states its record lengths, 192 and 32, and is as long as they and its layers need"
        case .layerCount: "there are 1 to 4096 layers"
        case .routingRule: "the routing rule is known"
        case .architecture: "the architecture is known"
        case .activation: "the activation is known"
        case .sizeLimits: "sizes are at least 1 and within their limits"
        case .headCounts: "there are 1 to 4096 attention heads, and the key-value heads divide them"
        case .headDimension: "the head dimension is even, 2 to 4096"
        case .realNumbers: "real numbers are finite and in their range, and zero is not negative"
        case .rotaryScaling: "the rotary scaling is known"
        case .tokenIDs:
            "token ids are less than the vocabulary size; those that end text ascend, at most 8; unused places hold none"
        case .routerKind: "the router kind is known"
        case .slidingWindow: "a sliding window is at most 2147483647 tokens"
        case .configurationReserved: "reserved and unused fields of the configuration are zero"
        case .routerHiddenWidth: "the hidden width of an mlp router is 1 to 1048576, that of other routers zero"
        case .tensorRole: "the tensor's role is known"
        case .tensorLayer:
            "a tensor has a layer if and only if its role exists per layer, and it is less than the layer count"
        case .tensorOrder: "tensors stand in canonical order, each at most once"
        case .elementType: "the element type is known and may be stored"
        case .packing: "the packing is known"
        case .tensorReserved: "reserved and unused fields of a tensor entry are zero"
        case .tensorShape: "the model has this tensor, and its shape is what the configuration gives"
        case .vectorType: "norms and biases are float32"
        case .tensorSection: "a tensor names the section that holds its role and layer"
        case .tensorOffset: "a tensor begins with its section or at the first aligned byte after the tensor before"
        case .tensorByteCount: "a tensor is as long as its shape and type need, and the last of a section ends it"
        case .tensorLeaves: "a tensor's leaves are those that the leaf rule gives, after those of the tensor before"
        case .requiredTensors: "every tensor that the configuration requires is present"
        case .leafTableByteCount: "the leaf hash table holds 32 bytes per leaf"
        case .packingOfType: "int8 tensors, and no others, are packed in rows by sixteen"
        case .groupSize: "the group size is zero or, of an int8 tensor, a multiple of 4 less than its columns"
        case .recordPadding: "what a record holds beyond its rows, columns and groups is zero"
        case .scale: "scales are finite and not negative"
        case .quantizedValue: "an int8 value is not -128, and 0 where its scale is 0"
        case .provenanceStructure: "the provenance's counts and lengths fill its section exactly, at most 1048576 bytes"
        case .provenanceKey:
            "provenance keys are 1 to 128 lower-case letters, digits, dots, hyphens and ascend strictly"
        case .provenanceValue: "provenance values are valid UTF-8 of at most 65535 bytes"
        case .figures: "there are 24 bytes of figures per int8 tensor, finite numbers that are not negative"
        case .sectionTableHash: "the section table has the SHA-256 that the header states"
        case .tensorTableHash: "the tensor table has the SHA-256 that the header states"
        case .rootHash: "the root hash is that of the header"
        case .metadataHash: "a metadata section has the hash that its entry states"
        case .leafHash: "a block of rows has the hash that the leaf hash table states"
        case .sectionHash: "the leaf hashes of a weight section have the root that its entry states"
        }
    }
}
