import ArgumentParser
import Convert
import Model
import Quantize

extension OutputType: ExpressibleByArgument {}

/// Which tensors get another type than `--outtype` says, in every command that writes weights.
struct OutputTypeOptions: ParsableArguments {
    @Option(
        name: .customLong("group-size"),
        help: ArgumentHelp(
            "Columns of a row that share a scale in int8: a multiple of 4; 0: all of them.", valueName: "columns"))
    var groupSize = OutputTypes.defaultGroupSize

    @Option(
        name: .customLong("token-embedding-type"),
        help: "Type of the token embedding, and so of a tied head. --outtype int8 leaves it in 16 bits.")
    var tokenEmbeddingType: OutputType?

    @Option(
        name: .customLong("output-tensor-type"), help: "Type of the output head. --outtype int8 leaves it in 16 bits.")
    var outputTensorType: OutputType?

    @Option(
        name: .customLong("tensor-type"),
        help: ArgumentHelp(
            """
            Type of the matrices whose name matches: as a checkpoint calls them (model.layers.0.mlp.up_proj.weight) or as \
            `inspect` does (layers.0.upProjection). Repeat for more; the first that matches decides. --outtype int8 leaves \
            v_proj in 16 bits.
            """, valueName: "regex=type"))
    var tensorTypes: [TensorTypeArgument] = []

    static let groupSizeLimit = 1 << 22

    func validate() throws {
        guard (0...Self.groupSizeLimit).contains(groupSize), groupSize % TensorStorage.groupSizeUnit == 0 else {
            throw ValidationError("--group-size must be a multiple of 4, at most \(Self.groupSizeLimit)")
        }
    }

    /// The types of a model's tensors.
    func types(_ outputType: OutputType, for graph: ModelGraph) throws -> OutputTypes {
        let configuration = graph.configuration
        if outputTensorType != nil, configuration.tiesWordEmbeddings {
            throw UsageError(
                message: "--output-tensor-type: the model's head is its token embedding",
                hint: "use --token-embedding-type")
        }
        var types = OutputTypes(
            outputType, tokenEmbedding: tokenEmbeddingType, outputHead: outputTensorType, groupSize: groupSize)
        for argument in tensorTypes {
            var matches = false
            for tensor in graph.tensors where !tensor.id.role.isVector {
                let name = CheckpointFamilies.name(of: tensor.id, in: configuration.architecture)
                guard argument.matches("\(tensor.id)") || name.map(argument.matches) ?? false else { continue }
                matches = true
                if types.tensors[tensor.id] == nil { types.tensors[tensor.id] = argument.type }
            }
            if !matches { throw UsageError(message: "--tensor-type \(argument.text): no matrix has such a name") }
        }
        return types
    }

    /// What a file records of the options.
    func provenance(_ outputType: OutputType, for graph: ModelGraph) -> [ProvenanceEntry] {
        var entries = [ProvenanceEntry("option.outtype", outputType.rawValue)]
        if graph.tensors.contains(where: { $0.plan.elementType == .int8 }) {
            entries.append(ProvenanceEntry("option.group-size", "\(groupSize)"))
        }
        if let tokenEmbeddingType {
            entries.append(ProvenanceEntry("option.token-embedding-type", tokenEmbeddingType.rawValue))
        }
        if let outputTensorType {
            entries.append(ProvenanceEntry("option.output-tensor-type", outputTensorType.rawValue))
        }
        for (index, argument) in tensorTypes.enumerated() {
            let key = Provenance.key("option.tensor-type", index, of: tensorTypes.count)
            entries.append(ProvenanceEntry(key, argument.text))
        }
        return entries
    }

    /// Whether `provenance` makes entries of that key.
    static func records(_ key: String) -> Bool {
        ["option.outtype", "option.group-size", "option.token-embedding-type", "option.output-tensor-type"].contains(
            key)
            || key.hasPrefix("option.tensor-type.")
    }
}

/// `REGEX=TYPE`.
struct TensorTypeArgument: ExpressibleByArgument {
    let text: String
    let type: OutputType
    private let pattern: Regex<AnyRegexOutput>

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "="),
            let type = OutputType(rawValue: String(argument[argument.index(after: equals)...])),
            let pattern = try? Regex(String(argument[..<equals]))
        else { return nil }
        text = argument
        self.type = type
        self.pattern = pattern
    }

    /// The pattern occurs in the name.
    func matches(_ name: String) -> Bool { name.contains(pattern) }
}
