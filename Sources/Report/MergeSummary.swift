import SkipCompiler
import SkipDiagnostics
import SkipFiles

/// What a merge wrote, as text.
package struct MergeSummary {
    package let text: String

    package init(_ merge: CheckpointMerge, output: String, duration: Duration) {
        let time = TimeText.text(seconds: duration / .seconds(1))
        var lines: [(key: String, value: String)] = [
            ("wrote", "\(ByteString(output))"),
            ("size", "\(ByteCount.text(merge.fileByteCount)) in \(merge.files.count) files, in \(time)"),
        ]
        lines += merge.inputs.adapters.map { ("adapter", $0.summary) }
        if merge.routers != nil { lines.append(("routers", CheckpointMerge.routerFileName)) }
        text = KeyValueLines.text(lines)
    }
}
