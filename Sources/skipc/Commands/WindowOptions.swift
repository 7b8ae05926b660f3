import ArgumentParser
import SkipEvaluate

/// The option of commands that divide a text into windows.
struct WindowOptions: ParsableArguments {
    @Option(
        name: .customLong("ctx"),
        help: ArgumentHelp(
            "The number of tokens of a window (default: 512, or the model's positions if they are fewer).",
            valueName: "n"))
    var requested: Int?

    @Option(help: ArgumentHelp("Use at most this many windows; 0: all.", valueName: "n"))
    var windows = 0

    private static let standardLength = 512

    func validate() throws {
        if let requested, !(1...OptionLimits.tokenCount).contains(requested) {
            throw ValidationError("--ctx must be 1 to \(OptionLimits.tokenCount)")
        }
        if windows < 0 { throw ValidationError("--windows must not be negative") }
    }

    /// Returns the length of windows for models. Sessions refuse a requested length that exceeds a model's positions.
    func length(for models: [OpenedModel]) -> Int {
        requested ?? models.map(\.model.configuration.maximumPositionCount).reduce(Self.standardLength, min)
    }
}
