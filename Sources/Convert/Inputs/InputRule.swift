/// A rule that an input must keep. Raw values are the rules' stable numbers; several rules may share one.
///
/// The wording for users is the command line's business.
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
    case notRegularFile = "IX-27"
    case shardMissing = "IX-28"
    case shardContents = "IX-28C"
    case indexSyntax = "IX-28S"
    case checkpointMissing = "IX-30"

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

    // tokenizer.json
    case tokenizerTokenID = "TK-79"
    case tokenizerTooLarge = "TK-79L"
    case tokenizerBytesMissing = "TK-81"
    case tokenizerVocabulary = "TK-82"
    case tokenizerSpecialID = "TK-82S"
    case tokenizerMerge = "TK-83"
    case tokenizerUnknownPattern = "TK-84"
    case tokenizerAddedToken = "TK-86"
    case tokenizerUnsupported = "TK-87"
    case tokenizerSyntax = "TK-89"
    case tokenizerField = "TK-89F"

    // Commands' own inputs
    case tokenList = "IN-01"
    case traceTensor = "IN-02"

    // Numbers
    case nonFiniteWeight = "NU-98"
    case float16Overflow = "NU-99"

    // The system
    case inputChanged = "SY-118"
    case inputUnreadable = "SY-116"

    /// What kind of failure breaking the rule is.
    public var family: InputFailureFamily {
        switch self {
        case .safetensorsUnsupportedType, .unsupportedArchitecture, .unsupportedConfigValue, .quantizedCheckpoint,
            .tokenizerBytesMissing, .tokenizerUnknownPattern, .tokenizerUnsupported:
            .unsupported
        case .safetensorsHeaderTooLarge, .jsonTooLarge, .safetensorsRank, .safetensorsTensorCount,
            .safetensorsNameLength, .tokenizerTooLarge:
            .limit
        case .inputChanged, .inputUnreadable: .system
        default: .malformed
        }
    }
}

/// The kinds of failure that a user must be able to tell apart.
public enum InputFailureFamily: Sendable {
    /// The input is broken or hostile.
    case malformed
    /// The input is well-formed but outside what this version does.
    case unsupported
    /// A policy limit was hit.
    case limit
    /// Reading failed.
    case system
}
