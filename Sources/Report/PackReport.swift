import SkipDiagnostics
import SkipFiles
import SkipPackage

/// The results of packing a `.skipgpt` file.
package struct PackReport: JSONConvertible {
    let output: String
    /// False after a dry run.
    let wasWritten: Bool
    let packed: PackedFile
    let baseRootHash: String?
    let seconds: Double

    package init(
        _ packed: PackedFile, output: String, wasWritten: Bool, since start: ContinuousClock.Instant
    ) {
        self.output = ByteString(output).description
        self.wasWritten = wasWritten
        self.packed = packed
        baseRootHash = packed.header.baseRootHash.map { "\($0)" }
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    private var share: Double { Double(packed.header.packageByteCount) / Double(packed.header.fileByteCount) }

    package var text: String {
        let header = packed.header
        var lines = [
            (wasWritten ? "wrote" : "would write", output),
            (
                "size",
                "\(ByteCount.text(header.packageByteCount)) (\(header.packageByteCount) bytes), "
                    + "\(Decimal.percent(share)) of \(ByteCount.text(header.fileByteCount))"
            ),
        ]
        if let baseRootHash {
            lines.append(("base", baseRootHash))
            lines.append(("blocks", "\(header.entryCount) of \(header.blockCount); the base has the others"))
        } else {
            lines.append(("blocks", "\(header.entryCount)"))
        }
        lines.append(("root hash", "\(header.rootHash)"))
        lines.append(("time", "\(Decimal.text(seconds, places: 2)) s"))
        return KeyValueLines.text(lines)
    }

    package var json: JSONDocument {
        let header = packed.header
        return [
            "output": .string(output),
            "wasWritten": .bool(wasWritten),
            "byteCount": .integer(header.packageByteCount),
            "fileByteCount": .integer(header.fileByteCount),
            "frontByteCount": .integer(header.frontByteCount),
            "blockCount": .integer(header.blockCount),
            "packedBlockCount": .integer(header.entryCount),
            "rootHash": .string("\(header.rootHash)"),
            "baseRootHash": .optional(baseRootHash),
            "encodings": .array(
                BlockEncoding.allCases.map { encoding in
                    let totals = packed.totals(encoding)
                    return [
                        "encoding": .string("\(encoding)"), "blockCount": .integer(totals.blockCount),
                        "rawByteCount": .integer(totals.rawByteCount),
                        "storedByteCount": .integer(totals.storedByteCount),
                    ]
                }),
            "seconds": .number(seconds),
        ]
    }
}
