import ArgumentParser
import SkipCompiler
import SkipDiagnostics

/// What `merge` writes.
struct MergeOutputOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The directory to write.", valueName: "directory"), completion: .directory)
    var output: String

    @Option(
        name: .customLong("max-shard-size"),
        help: ArgumentHelp(
            "The most bytes of tensors in one file: a number, with kB, MB, GB, KiB, MiB or GiB or without.",
            valueName: "size"))
    var shardLimit = ByteCountArgument(byteCount: CheckpointMerge.standardShardByteLimit)

    @Flag(help: "Replace an existing directory of model files.")
    var force = false

    @Flag(help: "Follow symbolic links that leave MODEL-DIR, and copy what they point to.")
    var followSymlinks = false
}

/// A number of bytes, with or without a unit.
struct ByteCountArgument: ExpressibleByArgument {
    let byteCount: Int

    init(byteCount: Int) { self.byteCount = byteCount }

    private static let units: [(name: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000),
        ("GB", 1_000_000_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000),
    ]

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.name) }
        guard let number = Int(argument.dropLast(unit?.name.count ?? 0)), number > 0 else { return nil }
        let (byteCount, overflow) = number.multipliedReportingOverflow(by: unit?.factor ?? 1)
        if overflow { return nil }
        self.byteCount = byteCount
    }

    var defaultValueDescription: String { ByteCount.text(byteCount) }
}
