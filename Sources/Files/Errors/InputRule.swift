/// A rule for input files. Raw values are the stable ids of the rules. `SkipDiagnostics` has their wording.
public enum InputRule: String, Sendable, CaseIterable {
    // Safetensors: header
    case safetensorsHeaderLength = "ST-01"
    case safetensorsHeaderStart = "ST-02"
    case safetensorsHeaderBeyondFile = "ST-04"
    case safetensorsHeaderTooLarge = "ST-04L"
    case safetensorsHeaderEncoding = "ST-05"
    case safetensorsHeaderWhitespace = "ST-06"
    case safetensorsDuplicateName = "ST-07"
    case safetensorsEntry = "ST-10"
    case safetensorsMetadata = "ST-11"
    case safetensorsUnknownType = "ST-12"
    case safetensorsUnsupportedType = "ST-12U"
    case safetensorsShape = "ST-13"
    case safetensorsShapeOverflow = "ST-14"
    case safetensorsRank = "ST-15"
    case safetensorsOffsets = "ST-16"
    case safetensorsCoverage = "ST-17"
    case safetensorsTruncated = "ST-18"
    case safetensorsTensorCount = "ST-19"
    case safetensorsDepth = "ST-20"
    case safetensorsNameLength = "ST-22"

    // Directories and shards
    case shardName = "IX-24"
    case linkOutside = "IX-25"
    case notRegularFile = "IX-27"
    case shardMissing = "IX-28"
    case shardContents = "IX-28C"
    case indexSyntax = "IX-28S"
    case checkpointMissing = "IX-30"
    case unknownFileKind = "IX-30K"

    // Files and directories that are something else
    case gitLFSPointer = "FM-01"
    case webPage = "FM-02"
    case textFile = "FM-03"
    case emptyFile = "FM-04"
    case zeroFile = "FM-05"
    case partialDownload = "FM-06"
    case ggufFile = "FM-07"
    case ggmlFile = "FM-08"
    case onnxFile = "FM-09"
    case tensorFlowFile = "FM-10"
    case flaxFile = "FM-11"
    case numpyFile = "FM-12"
    case nemoFile = "FM-13"
    case deployedModel = "FM-14"
    case archiveFile = "FM-15"
    case fileNameMismatch = "FM-16"
    case compiledModel = "FM-17"
    case packedModel = "FM-19"
    case fileAsDirectory = "FM-18"
    case metaCheckpoint = "FM-20"
    case mistralCheckpoint = "FM-21"
    case deepSpeedShards = "FM-22"
    case distributedShards = "FM-23"
    case megatronShards = "FM-24"
    case emptyTensors = "FM-25"
    case shardsWithoutIndex = "FM-26"
    case configMissing = "FM-27"
    case mlxAdapter = "FM-30"
    case foreignAdapter = "FM-31"
    case adapterAsModel = "FM-32"
    case modelAsAdapter = "FM-33"
    case routersOnly = "FM-34"
    case adapterWithoutWeights = "FM-35"
    case adapterWithoutConfiguration = "FM-36"
    case emptyDirectory = "FM-40"
    case parentDirectory = "FM-41"
    case hubCache = "FM-42"
    case tokenizerOnly = "FM-43"
    case datasetDirectory = "FM-44"
    case otherLibrary = "FM-45"
    case brokenLink = "FM-46"
    case singleShard = "FM-47"

    // The container of torch files
    case zipEndRecord = "ZP-33"
    case zipSurroundings = "ZP-34"
    case zip64 = "ZP-35"
    case zipHeaderMismatch = "ZP-36"
    case zipFlags = "ZP-37"
    case zipChecksum = "ZP-38"
    case torchLayout = "ZP-39"
    case zipEntryName = "ZP-40"
    case zipOverlap = "ZP-41"
    case zipInflation = "ZP-42"
    case zipRecordTooLarge = "ZP-42L"
    case zipMethod = "ZP-43"
    case zipStoredSize = "ZP-43S"
    case zipEntryCount = "ZP-44"
    case zipTooManyEntries = "ZP-44L"
    case notTorchFile = "ZP-45"
    case torchScript = "ZP-46"
    case torchRecord = "ZP-47"
    case unsupportedTorchRecord = "ZP-47U"
    case torchStorage = "ZP-48"

    // The pickle in torch files
    case pickleGlobal = "PK-49"
    case pickleOpcode = "PK-50"
    case pickleItems = "PK-51"
    case pickleStack = "PK-52"
    case pickleMemo = "PK-53"
    case pickleCycle = "PK-54"
    case pickleDepth = "PK-55"
    case pickleTooLarge = "PK-55L"
    case pickleLength = "PK-56"
    case pickleProtocol = "PK-57"
    case pickleText = "PK-58"
    case picklePersistentID = "PK-59"
    case tensorExtent = "PK-60"
    case pickleTensorLimit = "PK-60L"
    case stateDictionary = "PK-63"
    case stateDictionaryKey = "PK-63K"
    case pickleUnsupportedGlobal = "PK-64"
    case pickledObject = "PK-64M"
    case tensorBits = "PK-66"
    case legacyTorchFile = "PK-67"

    // config.json
    case configSyntax = "CF-69"
    case jsonTooLarge = "CF-69L"
    case configField = "CF-71"
    case configHeads = "CF-72"
    case configLayerCount = "CF-73"
    case configVocabulary = "CF-74"
    case configValue = "CF-75"
    case unsupportedArchitecture = "CF-75A"
    case unsupportedConfigValue = "CF-75U"
    case tensorMissing = "CF-76M"
    case tensorUnexpected = "CF-76X"
    case tensorShape = "CF-76S"
    case tensorDuplicate = "CF-76D"
    case tensorElementType = "NU-105"
    case quantizedCheckpoint = "CF-78"

    // Routers
    case routerIncomplete = "RT-01"
    case routerWithoutLayer = "RT-02"
    case routerUnknownTensor = "RT-03"
    case routersAbsent = "RT-04"
    case routersTwice = "RT-05"

    // Adapters
    case adapterField = "LR-90"
    case adapterAlphaMissing = "LR-90A"
    case adapterRank = "LR-90R"
    case adapterSyntax = "LR-90S"
    case adapterShape = "LR-91"
    case adapterUnsupported = "LR-92"
    case adapterContradiction = "LR-92C"
    case adapterIncomplete = "LR-94"
    case adapterWithoutBase = "LR-94B"
    case adapterEmpty = "LR-94E"
    case adapterNotTargeted = "LR-94N"
    case adapterUnknownPart = "LR-94P"
    case adapterTwice = "LR-94T"
    case adapterMissing = "LR-96"
    case mergedNotFinite = "LR-97"

    // tokenizer.json
    case tokenizerTokenID = "TK-79"
    case tokenizerTooLarge = "TK-79L"
    case tokenizerBytesMissing = "TK-81"
    case tokenizerSpecialID = "TK-82S"
    case tokenizerMerge = "TK-83"
    case tokenizerUnknownPattern = "TK-84"
    case tokenizerAddedToken = "TK-86"
    case tokenizerUnsupported = "TK-87"
    case tokenizerSyntax = "TK-89"
    case tokenizerField = "TK-89F"
    case tokenizerModelFile = "TK-89M"

    // Commands' own inputs
    case tokenList = "IN-01"
    case traceTensor = "IN-02"

    // Numbers
    case nonFiniteWeight = "NU-98"
    case float16Overflow = "NU-99"
    case float32Overflow = "NU-99W"

    // The system
    case inputChanged = "SY-118"
    case inputUnreadable = "SY-116"
    case temporaryFile = "SY-116T"
    case memoryRefused = "SY-117"

    /// The kind of failure if the rule is broken.
    public var family: InputFailureFamily {
        switch self {
        case .safetensorsUnsupportedType, .unsupportedArchitecture, .unsupportedConfigValue, .quantizedCheckpoint,
            .tokenizerBytesMissing, .tokenizerUnknownPattern, .tokenizerUnsupported,
            .adapterUnsupported, .unknownFileKind, .zipMethod, .notTorchFile, .torchScript, .unsupportedTorchRecord,
            .pickleProtocol,
            .pickleUnsupportedGlobal, .pickledObject, .tensorBits, .legacyTorchFile,
            .ggufFile, .ggmlFile, .onnxFile, .tensorFlowFile, .flaxFile, .numpyFile, .nemoFile,
            .deployedModel, .archiveFile, .metaCheckpoint, .mistralCheckpoint, .deepSpeedShards,
            .distributedShards, .megatronShards, .mlxAdapter, .foreignAdapter, .otherLibrary:
            .unsupported
        case .safetensorsHeaderTooLarge, .jsonTooLarge, .safetensorsRank, .safetensorsTensorCount,
            .safetensorsNameLength, .tokenizerTooLarge, .zipRecordTooLarge, .zipTooManyEntries, .pickleDepth,
            .pickleTooLarge, .pickleTensorLimit:
            .limit
        case .inputChanged, .inputUnreadable, .temporaryFile, .memoryRefused, .brokenLink: .system
        default: .malformed
        }
    }
}

/// The kinds of failure that a user can distinguish, by exit code.
public enum InputFailureFamily: Sendable {
    /// The input is broken or hostile.
    case malformed
    /// The input is well-formed, but this version does not support it.
    case unsupported
    /// The input exceeds a limit of the program.
    case limit
    /// The system could not read the input or write a temporary file.
    case system
}
