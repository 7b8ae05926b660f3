/// Identifies an extent: a run of the file's bytes that is read as a unit.
public struct ExtentID: Hashable, Sendable {
    public let kind: ExtentKind
    /// Set for the three kinds that every layer has.
    public let layer: Int?

    public init(_ kind: ExtentKind, layer: Int? = nil) {
        self.kind = kind
        self.layer = layer
    }
}

extension ExtentID: Comparable {
    /// The order in the file: the extents that every token reads, then layer by layer.
    public static func < (left: ExtentID, right: ExtentID) -> Bool {
        let leftLayer = left.layer ?? -1
        let rightLayer = right.layer ?? -1
        return leftLayer != rightLayer ? leftLayer < rightLayer : left.kind.rawValue < right.kind.rawValue
    }
}

extension ExtentID: CustomStringConvertible {
    public var description: String { layer.map { "layers.\($0).\(kind)" } ?? "\(kind)" }
}

/// The kinds of extents. Raw values are the section kinds of the `.skipgpt` file.
public enum ExtentKind: UInt32, Sendable, CaseIterable {
    /// Norms and biases of all layers, in float32.
    case vectors = 256
    /// The routers of all layers.
    case routers = 257
    case tokenEmbedding = 258
    /// Absent when the head is tied to the embedding.
    case outputHead = 259
    /// K and V projections of a layer: they always run.
    case keyValue = 512
    /// Q and O projections of a layer: not read when attention is skipped.
    case attention = 513
    /// Gate, up and down projections of a layer: not read when the MLP is skipped.
    case mlp = 514

    public var isPerLayer: Bool { rawValue >= 512 }
}
