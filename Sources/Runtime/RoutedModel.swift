import SkipFormat
import SkipModel
import SkipTokenizer

/// A routed language model whose weights are resolved. Any number of sessions may share it.
@safe
public final class RoutedModel: Sendable {
    public let configuration: ModelConfiguration
    /// The kernels that sessions of this model compute with.
    public let instructionSet: InstructionSet

    let compute: Compute
    let tokenEmbedding: WeightMatrix
    let outputHead: WeightMatrix
    let finalNorm: FloatView
    // SAFETY: allocated and initialized by `init`, freed by `deinit`, constant in between.
    private nonisolated(unsafe) let layerStorage: UnsafeMutableBufferPointer<LayerWeights>
    /// The file that the model was opened from; nil for a model in memory.
    public let file: SkipFile?
    /// Owns the memory that the weights point into.
    private let owner: any Sendable

    /// Opens the `.skipgpt` file at `path`: maps it, checks everything except the weights, and resolves every tensor.
    /// Takes about a millisecond, whatever the file's size.
    ///
    /// - Parameter instructionSet: selects the kernels.
    /// - Throws: `format`, `unavailableInstructionSet`.
    public convenience init(
        opening path: String, instructionSet: InstructionSet = .best
    ) throws(RuntimeError) {
        let file: SkipFile
        do { file = try SkipFile(opening: path) } catch { throw .format(error) }
        try self.init(file, instructionSet: instructionSet)
    }

    /// Resolves every tensor of an open file.
    ///
    /// - Throws: `unavailableInstructionSet`.
    public convenience init(_ file: SkipFile, instructionSet: InstructionSet = .best) throws(RuntimeError) {
        try self.init(
            configuration: file.configuration, weights: WeightResolver(file: file).weights(),
            instructionSet: instructionSet, file: file, owner: file)
    }

    /// Creates a model from resolved weights.
    ///
    /// - Parameter owner: keeps the memory of the weights alive.
    /// - Precondition: the configuration keeps the limits that `SkipFile` checks, and the weights have its shapes.
    /// - Throws: `unavailableInstructionSet`.
    package init(
        configuration: ModelConfiguration, weights: ModelWeights, instructionSet: InstructionSet, file: SkipFile? = nil,
        owner: any Sendable
    ) throws(RuntimeError) {
        precondition(weights.layers.count == configuration.layers.count)
        compute = try Compute(instructionSet)
        self.configuration = configuration
        self.instructionSet = instructionSet
        tokenEmbedding = weights.tokenEmbedding
        outputHead = weights.outputHead
        finalNorm = weights.finalNorm
        unsafe layerStorage = .allocate(capacity: weights.layers.count)
        _ = unsafe layerStorage.initialize(fromContentsOf: weights.layers)
        self.file = file
        self.owner = owner
    }

    deinit { unsafe layerStorage.deallocate() }

    /// The layers. Valid while the model lives.
    var layers: LayerTable { unsafe LayerTable(UnsafeBufferPointer(layerStorage)) }

    /// The number of bytes that every token reads: embedding row, final norm, head, and each layer's K, V, norm and
    /// routers.
    func unroutedByteCount(isDense: Bool) -> Int {
        var bytes = tokenEmbedding.byteCount / max(tokenEmbedding.rowCount, 1)
        bytes += outputHead.byteCount + finalNorm.count * MemoryLayout<Float>.stride
        for index in 0..<layers.count {
            bytes += layers[index].unroutedByteCount + (isDense ? 0 : layers[index].routerByteCount)
        }
        return bytes
    }

    /// The number of bytes of weights that a token reads when every module executes.
    var denseByteCount: Int {
        (0..<layers.count).reduce(unroutedByteCount(isDense: true)) { bytes, index in
            RoutedModule.allCases.reduce(bytes) { $0 + layers[index].byteCount($1) }
        }
    }

    /// How the authors of the model generate text with it, as far as the file records it.
    public var generationDefaults: GenerationDefaults { GenerationDefaults(file?.provenance ?? []) }

    /// Whether the file holds a tokenizer.
    public var hasTokenizer: Bool { unsafe file?.tokenizerTable != nil }

    /// Returns the file's tokenizer, which keeps the file mapped. Checks its table on every call, which takes about a
    /// millisecond.
    ///
    /// - Throws: `noTokenizer`, `invalidTokenizer`.
    public func tokenizer() throws(RuntimeError) -> CompiledTokenizer {
        // SAFETY: the tokenizer owns the file, which keeps the table mapped, and its bytes do not change.
        guard let table = unsafe file?.tokenizerTable else { throw .noTokenizer }
        do throws(TokenizerTableError) {
            return try unsafe CompiledTokenizer(
                validating: table, tokenLimit: configuration.vocabularySize, owner: file)
        } catch {
            throw .invalidTokenizer(error)
        }
    }
}
