import ArgumentParser
import SkipCompiler
import SkipModel
import SkipQuantize

extension OutputType: ExpressibleByArgument {}

/// The options that select another type than `--outtype` for some tensors.
struct OutputTypeOptions: ParsableArguments {
    @Option(
        name: .customLong("group-size"),
        help: ArgumentHelp(
            """
            Columns of a row that share a scale in int8: a multiple of 4; 0: all of them (default: \
            \(OutputTypes.defaultGroupSize)).
            """, valueName: "columns"))
    var requestedGroupSize: Int?

    @Option(
        name: .customLong("token-embedding-type"),
        help: ArgumentHelp(
            "Type of the token embedding, and of the head if it is tied. --outtype int8 keeps it in 16 bits.",
            valueName: "type"))
    var tokenEmbeddingType: OutputType?

    @Option(
        name: .customLong("output-tensor-type"),
        help: ArgumentHelp("Type of the output head. --outtype int8 keeps it in 16 bits.", valueName: "type"))
    var outputTensorType: OutputType?

    @Option(
        name: .customLong("tensor-type"),
        help: ArgumentHelp(
            """
            Type of the matrices whose name matches. Both the name in a checkpoint (model.layers.0.mlp.up_proj.weight) \
            and the name in `inspect` (layers.0.upProjection) are compared. Repeat for more; the first that matches \
            decides. --outtype int8 keeps v_proj in 16 bits.
            """, valueName: "regex=type"))
    var tensorTypes: [TensorTypeArgument] = []

    static let groupSizeLimit = 1 << 22

    private var groupSize: Int { requestedGroupSize ?? OutputTypes.defaultGroupSize }

    func validate() throws {
        guard (0...Self.groupSizeLimit).contains(groupSize), groupSize % TensorStorage.groupSizeUnit == 0 else {
            throw ValidationError("--group-size must be a multiple of 4, at most \(Self.groupSizeLimit)")
        }
    }

    /// Throws if an option has no effect, because `--outtype` and the other options select no int8.
    func checkEffect(with outputType: OutputType) throws {
        let types: [OutputType?] =
            [outputType, tokenEmbeddingType, outputTensorType] + tensorTypes.map { $0.pattern.type }
        if requestedGroupSize != nil, !types.contains(.int8) {
            throw ValidationError("--group-size is for int8, which no option selects: --outtype int8")
        }
    }

    /// The types that the options and `--outtype` request.
    func selection(_ outputType: OutputType) -> OutputTypeSelection {
        var selection = OutputTypeSelection(outputType)
        selection.groupSize = groupSize
        selection.tokenEmbedding = tokenEmbeddingType
        selection.outputHead = outputTensorType
        selection.patterns = tensorTypes.map(\.pattern)
        return selection
    }
}

/// `REGEX=TYPE`.
struct TensorTypeArgument: ExpressibleByArgument {
    let pattern: TensorTypePattern

    init?(argument: String) {
        guard let pattern = TensorTypePattern(argument) else { return nil }
        self.pattern = pattern
    }
}
