/// The intermediate representation of a model: its configuration and all its tensors, as lazy plans without weights.
public struct ModelGraph: Sendable {
    public var configuration: ModelConfiguration
    /// The input files, in a fixed order that does not depend on the order of the directory.
    public var sources: [SourceRecord]
    /// In canonical order (`TensorID`'s).
    public var tensors: [GraphTensor]
    /// Options and origins that the output file records.
    public var provenance: [ProvenanceEntry]

    public init(
        configuration: ModelConfiguration, sources: [SourceRecord], tensors: [GraphTensor],
        provenance: [ProvenanceEntry] = []
    ) {
        self.configuration = configuration
        self.sources = sources
        self.tensors = tensors
        self.provenance = provenance
    }
}

/// A tensor of the model and the plan that computes it.
public struct GraphTensor: Sendable {
    public let id: TensorID
    public var plan: TensorPlan

    public init(id: TensorID, plan: TensorPlan) {
        self.id = id
        self.plan = plan
    }
}

/// An input file.
public struct SourceRecord: Equatable, Sendable {
    /// The file's name without its directory.
    public let name: String
    public let byteCount: Int

    public init(name: String, byteCount: Int) {
        self.name = name
        self.byteCount = byteCount
    }
}

/// A recorded fact about the origin of a file. Keys are lower-case words with dots.
public struct ProvenanceEntry: Equatable, Sendable {
    public let key: String
    public let value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
