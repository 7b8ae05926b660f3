import SkipDiagnostics
import SkipFiles
import SkipPackage

/// The results of packing a `.skipgpt` file.
package struct PackReport: JSONConvertible {
    let output: String
    /// False after a dry run.
    let wasWritten: Bool
    /// The parts; one unless the package is split.
    let parts: [PackedFile]
    let baseRootHash: String?
    let seconds: Double

    package init(
        _ parts: [PackedFile], output: String, wasWritten: Bool, since start: ContinuousClock.Instant
    ) {
        self.output = ByteString(output).description
        self.wasWritten = wasWritten
        self.parts = parts
        baseRootHash = parts.first?.header.baseRootHash.map { "\($0)" }
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    private var header: PackageHeader { parts.first?.header ?? PackageHeader() }
    private var byteCount: Int { parts.reduce(0) { $0 + $1.header.packageByteCount } }
    private var entryCount: Int { parts.reduce(0) { $0 + $1.header.entryCount } }
    private var share: Double { Double(byteCount) / Double(max(1, header.fileByteCount)) }

    package var text: String {
        var lines = [
            (wasWritten ? "wrote" : "would write", output),
            (
                "size",
                "\(ByteCount.text(byteCount)) (\(byteCount) bytes), "
                    + "\(Decimal.percent(share)) of \(ByteCount.text(header.fileByteCount))"
            ),
        ]
        if parts.count > 1 { lines.append(("parts", "\(parts.count)")) }
        if let baseRootHash {
            lines.append(("base", baseRootHash))
            lines.append(("blocks", "\(entryCount) of \(header.blockCount); the base has the others"))
        } else {
            lines.append(("blocks", "\(entryCount)"))
        }
        lines.append(("root hash", "\(header.rootHash)"))
        lines.append(("time", "\(Decimal.text(seconds, places: 2)) s"))
        return KeyValueLines.text(lines)
    }

    package var json: JSONDocument {
        return [
            "output": .string(output),
            "wasWritten": .bool(wasWritten),
            "byteCount": .integer(byteCount),
            "partByteCounts": .array(parts.map(\.header.packageByteCount)),
            "fileByteCount": .integer(header.fileByteCount),
            "frontByteCount": .integer(header.frontByteCount),
            "blockCount": .integer(header.blockCount),
            "packedBlockCount": .integer(entryCount),
            "rootHash": .string("\(header.rootHash)"),
            "baseRootHash": .optional(baseRootHash),
            "encodings": .array(
                BlockEncoding.allCases.map { encoding in
                    let totals = parts.map { $0.totals(encoding) }
                    return [
                        "encoding": .string("\(encoding)"),
                        "blockCount": .integer(totals.reduce(0) { $0 + $1.blockCount }),
                        "rawByteCount": .integer(totals.reduce(0) { $0 + $1.rawByteCount }),
                        "storedByteCount": .integer(totals.reduce(0) { $0 + $1.storedByteCount }),
                    ]
                }),
            "seconds": .number(seconds),
        ]
    }
}
