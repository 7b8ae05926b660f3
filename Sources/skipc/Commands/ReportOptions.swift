import ArgumentParser

/// How much a command that makes a model says of it.
struct ReportOptions: ParsableArguments {
    @Flag(
        help: """
            List every tensor of every input with what became of it, and what merging did to each weight and how much of \
            that its rounding left.
            """)
    var ledger = false

    @Flag(help: "Print JSON, the ledger included.")
    var json = false

    /// The figures that only reading weights gives are wanted.
    var needsDeltas: Bool { ledger || json }
}
