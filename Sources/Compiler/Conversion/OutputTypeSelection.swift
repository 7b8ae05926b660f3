import SkipConvert
import SkipModel
import SkipQuantize

/// The element types that a caller requests for an output.
public struct OutputTypeSelection {
    /// The type of the matrices for which no other type is requested.
    public var outputType: OutputType
    /// The number of columns of a row that share a scale in int8: a multiple of 4, or 0 for the whole row.
    public var groupSize = OutputTypes.defaultGroupSize
    /// The type of the token embedding, and of a tied head; nil for that of the other matrices.
    public var tokenEmbedding: OutputType?
    /// The type of the output head; nil for that of the other matrices.
    public var outputHead: OutputType?
    /// The types of matrices by name. The first pattern that matches a name decides.
    public var patterns: [TensorTypePattern] = []

    public init(_ outputType: OutputType = .auto) { self.outputType = outputType }

    /// Returns the types of a model's tensors.
    ///
    /// - Throws: `tiedOutputHead`, `unmatchedTensorType`.
    func types(for graph: ModelGraph) throws(CompilationError) -> OutputTypes {
        let configuration = graph.configuration
        if outputHead != nil, configuration.tiesWordEmbeddings { throw .tiedOutputHead }
        var types = OutputTypes(
            outputType, tokenEmbedding: tokenEmbedding, outputHead: outputHead, groupSize: groupSize)
        for pattern in patterns {
            var matches = false
            for tensor in graph.tensors where !tensor.id.role.isVector {
                let name = CheckpointFamilies.name(of: tensor.id, in: configuration.architecture)
                guard pattern.matches("\(tensor.id)") || name.map(pattern.matches) ?? false else { continue }
                matches = true
                if types.tensors[tensor.id] == nil { types.tensors[tensor.id] = pattern.type }
            }
            if !matches { throw .unmatchedTensorType(pattern: pattern.text) }
        }
        return types
    }

    /// Returns what a file records about the selection.
    func provenance(for graph: ModelGraph) -> [ProvenanceEntry] {
        var entries = [ProvenanceEntry(Self.outputTypeKey, outputType.rawValue)]
        if graph.tensors.contains(where: { $0.plan.elementType == .int8 }) {
            entries.append(ProvenanceEntry(Self.groupSizeKey, "\(groupSize)"))
        }
        if let tokenEmbedding { entries.append(ProvenanceEntry(Self.tokenEmbeddingKey, tokenEmbedding.rawValue)) }
        if let outputHead { entries.append(ProvenanceEntry(Self.outputHeadKey, outputHead.rawValue)) }
        for (index, pattern) in patterns.enumerated() {
            let key = Provenance.key(Self.patternKey, index, of: patterns.count)
            entries.append(ProvenanceEntry(key, pattern.text))
        }
        return entries
    }

    static let outputTypeKey = "option.outtype"
    private static let groupSizeKey = "option.group-size"
    private static let tokenEmbeddingKey = "option.token-embedding-type"
    private static let outputHeadKey = "option.output-tensor-type"
    private static let patternKey = "option.tensor-type"

    /// Whether `provenance` writes entries with this key.
    static func records(_ key: String) -> Bool {
        [outputTypeKey, groupSizeKey, tokenEmbeddingKey, outputHeadKey].contains(key)
            || key.hasPrefix(patternKey + ".")
    }
}

/// `REGEX=TYPE`: the type of the matrices whose name contains a match of the regular expression.
public struct TensorTypePattern {
    /// The whole text, as it was passed.
    public let text: String
    public let type: OutputType
    private let pattern: Regex<AnyRegexOutput>

    /// Nil if the type is unknown or the regular expression is malformed.
    public init?(_ text: String) {
        guard let equals = text.lastIndex(of: "="),
            let type = OutputType(rawValue: String(text[text.index(after: equals)...])),
            let pattern = try? Regex(String(text[..<equals]))
        else { return nil }
        self.text = text
        self.type = type
        self.pattern = pattern
    }

    func matches(_ name: String) -> Bool { name.contains(pattern) }
}
