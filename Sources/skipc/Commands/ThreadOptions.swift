import ArgumentParser
import SkipRuntime

/// The option of commands that work on several threads.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .customLong("threads")],
        help: ArgumentHelp(
            "The number of threads (default: one per processor, fewer for a small model).", valueName: "n"))
    var requested: Int?

    static let limit = 256

    func validate() throws {
        if let requested, !(1...Self.limit).contains(requested) {
            throw ValidationError("Threads must be 1 to \(Self.limit)")
        }
    }

    var count: Int { requested ?? Session.processorCount }
}
