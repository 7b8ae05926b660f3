import SkipDiagnostics
import SkipFiles
import SkipPackage

/// The results of unpacking a package.
package struct UnpackReport: JSONConvertible {
    let output: String
    let byteCount: Int
    let packageByteCount: Int
    let rootHash: String
    /// Nil after a dry run.
    let blocks: RestoredBlocks?
    let seconds: Double

    package init(
        _ package: Package, output: String, blocks: RestoredBlocks?, since start: ContinuousClock.Instant
    ) {
        self.output = ByteString(output).description
        byteCount = package.header.fileByteCount
        packageByteCount = package.parts.reduce(0) { $0 + $1.header.packageByteCount }
        rootHash = "\(package.header.rootHash)"
        self.blocks = blocks
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    package var text: String {
        var lines = [
            (blocks == nil ? "would write" : "wrote", output),
            (
                "size",
                "\(ByteCount.text(byteCount)) (\(byteCount) bytes) from \(ByteCount.text(packageByteCount)) in "
                    + "\(Decimal.text(seconds, places: 2)) s"
            ),
        ]
        if let blocks {
            var counts = ["\(blocks.restoredCount) unpacked"]
            if blocks.copiedCount > 0 { counts.append("\(blocks.copiedCount) copied from the base") }
            if blocks.keptCount > 0 { counts.append("\(blocks.keptCount) kept from the partial output") }
            lines.append(("blocks", counts.joined(separator: ", ") + "; every hash checked"))
        }
        lines.append(("root hash", rootHash))
        return KeyValueLines.text(lines)
    }

    package var json: JSONDocument {
        [
            "output": .string(output),
            "wasWritten": .bool(blocks != nil),
            "byteCount": .integer(byteCount),
            "packageByteCount": .integer(packageByteCount),
            "rootHash": .string(rootHash),
            "unpackedBlockCount": .optional(blocks?.restoredCount),
            "copiedBlockCount": .optional(blocks?.copiedCount),
            "keptBlockCount": .optional(blocks?.keptCount),
            "seconds": .number(seconds),
        ]
    }
}
