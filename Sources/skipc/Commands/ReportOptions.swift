import ArgumentParser

/// What a command that reads a checkpoint reports.
struct ReportOptions: ParsableArguments {
    @Flag(
        help: """
            List what happened to every tensor of every input, how merging changed each weight, and how much of that \
            change remains after rounding.
            """)
    var ledger = false

    @Flag(help: "Print JSON, the ledger included.")
    var json = false

    @OptionGroup var progress: ProgressOptions

    /// Whether the report needs figures that are measured while weights are read.
    var needsDeltas: Bool { ledger || json }
}
