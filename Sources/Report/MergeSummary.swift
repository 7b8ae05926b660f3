import SkipCompiler
import SkipDiagnostics
import SkipFiles

/// What a merge wrote, as text.
package struct MergeSummary {
    package let text: String

    package init(_ merge: CheckpointMerge, output: String, duration: Duration) {
        let seconds = Decimal.text(duration / .seconds(1), places: 2)
        var lines: [(key: String, value: String)] = [
            ("wrote", "\(ByteString(output))"),
            ("size", "\(ByteCount.text(merge.fileByteCount)) in \(merge.files.count) files, \(seconds) s"),
        ]
        lines += merge.inputs.adapters.map { ("adapter", $0.summary) }
        if merge.routers != nil { lines.append(("routers", CheckpointMerge.routerFileName)) }
        text = KeyValueLines.text(lines)
    }
}
