import ArgumentParser
import Format
import Model
import Runtime

/// How a model is run, in every command that runs one.
struct RunOptions: ParsableArguments {
    @Flag(help: "Run every module, whatever the routers say.")
    var dense = false

    @Option(
        help: ArgumentHelp(
            "Added to execute − skip before the comparison with 0: above 0 runs more modules, below 0 fewer.",
            valueName: "bias"))
    var skipBias: Float?

    @OptionGroup var threads: ThreadOptions

    /// Options for a session of at least `positions` tokens.
    func sessionOptions(positions: Int) -> Session.Options {
        var options = Session.Options()
        options.isDense = dense
        options.skipBias = skipBias
        options.threadCount = threads.requested
        options.maximumPositions = positions
        return options
    }
}

/// An opened model and the path that errors name.
struct OpenedModel {
    let path: String
    let file: SkipFile
    let model: RoutedModel

    init(_ path: String) throws {
        self.path = path
        file = try SkipFileFailure.open(path)
        do {
            model = try RoutedModel(file)
        } catch {
            throw RuntimeFailure(path: path, error: error)
        }
        MappingFaults.report(in: file, program: "skipc")
    }

    /// Two files are compared token by token, and layer by layer.
    func requireSameModel(as other: OpenedModel) throws(UsageError) {
        let (mine, others) = (model.configuration, other.model.configuration)
        guard mine.layers.count == others.layers.count, mine.vocabularySize == others.vocabularySize else {
            throw UsageError(message: "\(path) and \(other.path) are not of the same model")
        }
    }

    /// Runs `body` and names the file in what it throws.
    func naming<Result>(_ body: () throws(RuntimeError) -> Result) throws(RuntimeFailure) -> Result {
        do { return try body() } catch { throw RuntimeFailure(path: path, error: error) }
    }
}
