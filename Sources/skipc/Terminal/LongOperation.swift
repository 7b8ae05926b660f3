import SkipFiles

/// Runs library operations with progress on the terminal, cancelled by the signals that end a process.
enum LongOperation {
    /// Calls `body` with the options for the library. `label` names the operation in its progress. An operation that has
    /// no output yet passes false for `cleansUp`: a signal then ends the process at once.
    static func run<Result>(
        _ label: String, threadCount: Int, progress style: ProgressStyle, cleansUp: Bool = true,
        _ body: (WorkOptions) throws -> Result
    ) throws -> Result {
        if cleansUp { Interruption.startRecording() }
        let reporter = ProgressReporter(style)
        defer { reporter.finish() }
        let options = WorkOptions(
            threadCount: threadCount,
            progress: { progress in
                let stage =
                    switch progress.stage {
                    case .sourceHashes: "hash"
                    case .checksums: "checksums"
                    case .weights: label
                    }
                reporter.update(stage, progress)
            },
            isCancelled: { Interruption.pending != nil })
        return try Interruption.ignoringClosedPipes { try body(options) }
    }
}
