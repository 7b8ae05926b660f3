import SkipModel

/// Identifies a section by its kind and, for weights that exist per layer, the layer.
public struct SectionID: Hashable, Sendable {
    public let kind: SectionKind
    public let layer: Int?

    public init(_ kind: SectionKind, layer: Int? = nil) {
        self.kind = kind
        self.layer = layer
    }

    public init(_ extent: ExtentID) { self.init(.extent(extent.kind), layer: extent.layer) }
}

extension SectionID: Comparable {
    /// The canonical order: sections without a layer by kind, then layer by layer.
    public static func < (left: SectionID, right: SectionID) -> Bool {
        let leftLayer = left.layer ?? -1
        let rightLayer = right.layer ?? -1
        return leftLayer != rightLayer ? leftLayer < rightLayer : left.kind.rawValue < right.kind.rawValue
    }
}

extension SectionID: CustomStringConvertible {
    /// `configuration`, `layers.3.mlp`
    public var description: String { layer.map { "layers.\($0).\(kind)" } ?? "\(kind)" }
}

/// The kind of a section's content. Kinds below 256 are metadata, the others weights.
public enum SectionKind: Hashable, Sendable {
    case configuration
    case provenance
    case tokenizer
    case leafHashes
    /// The errors of int8 tensors against the original weights.
    case figures
    case extent(ExtentKind)
    /// A kind of a later version that a reader may ignore.
    case other(UInt32)

    static let firstWeightKind: UInt32 = 256

    public init(rawValue: UInt32) {
        switch rawValue {
        case 1: self = .configuration
        case 2: self = .provenance
        case 3: self = .tokenizer
        case 4: self = .leafHashes
        case 5: self = .figures
        default: self = ExtentKind(rawValue: rawValue).map { .extent($0) } ?? .other(rawValue)
        }
    }

    public var rawValue: UInt32 {
        switch self {
        case .configuration: 1
        case .provenance: 2
        case .tokenizer: 3
        case .leafHashes: 4
        case .figures: 5
        case .extent(let kind): kind.rawValue
        case .other(let value): value
        }
    }

    public var isMetadata: Bool { rawValue < Self.firstWeightKind }

    /// Whether a reader that does not know the kind must refuse the file. Kinds that only inform may be skipped.
    var isCritical: Bool {
        switch self {
        case .configuration, .tokenizer, .leafHashes, .extent: true
        case .provenance, .figures, .other: false
        }
    }
}

extension SectionKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .configuration: "configuration"
        case .provenance: "provenance"
        case .tokenizer: "tokenizer"
        case .leafHashes: "leafHashes"
        case .figures: "figures"
        case .extent(let kind): "\(kind)"
        case .other(let value): "kind \(value)"
        }
    }
}
