import SkipFormat
import SkipRuntime

/// An open model with its path, which errors contain.
package struct OpenedModel: Sendable {
    package let path: String
    package let file: SkipFile
    package let model: RoutedModel

    /// Opens the `.skipgpt` file at `path`.
    package init(_ path: String, instructionSet: InstructionSet = .best) throws(EvaluationError) {
        self.path = path
        do { file = try SkipFile.open(path) } catch { throw .skipFile(error) }
        do {
            model = try RoutedModel(file, instructionSet: instructionSet)
        } catch {
            throw .runtime(RuntimeFailure(path: path, error: error))
        }
    }

    /// Throws `differentModels` unless both have the same number of layers and the same vocabulary size.
    package func requireSameModel(as other: OpenedModel) throws(EvaluationError) {
        let (mine, others) = (model.configuration, other.model.configuration)
        guard mine.layers.count == others.layers.count, mine.vocabularySize == others.vocabularySize else {
            throw .differentModels(path: path, other: other.path)
        }
    }

    /// Throws `positionsExhausted` if the model has fewer positions than `count`.
    package func requirePositions(_ count: Int) throws(EvaluationError) {
        let available = model.configuration.maximumPositionCount
        if count > available {
            throw .runtime(
                RuntimeFailure(path: path, error: .positionsExhausted(needed: count, available: available)))
        }
    }

    /// Creates a session for sequences of up to `positions` tokens, which the model must have.
    package func session(_ options: Session.Options, positions: Int) throws(EvaluationError) -> Session {
        try requirePositions(positions)
        var options = options
        options.maximumPositions = positions
        return try naming { () throws(RuntimeError) in try Session(model, options: options) }
    }

    /// Runs `body` and adds the path to its error.
    package func naming<Result>(_ body: () throws(RuntimeError) -> Result) throws(EvaluationError) -> Result {
        do { return try body() } catch { throw .runtime(RuntimeFailure(path: path, error: error)) }
    }
}
