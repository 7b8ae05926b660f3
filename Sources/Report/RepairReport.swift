import SkipDiagnostics
import SkipFiles
import SkipPackage

/// What was wrong with a file, and where a package has it.
package struct RepairReport: JSONConvertible {
    let file: String
    let plan: Repair.Plan
    /// False after a dry run.
    let wasRepaired: Bool
    let blockCount: Int

    package init(_ plan: Repair.Plan, _ package: Package, file: String, wasRepaired: Bool) {
        self.file = ByteString(file).description
        self.plan = plan
        self.wasRepaired = wasRepaired
        blockCount = package.blocks.leafCount
    }

    package var text: String {
        if plan.isSound { return "\(file): good, nothing to repair\n" }
        let verb = wasRepaired ? "repaired" : "would repair"
        var lines = [(verb, file), ("blocks", "\(plan.blocks.count) of \(blockCount) blocks of weights")]
        if plan.hasBadFront { lines.append(("front", "the header, the tables or the metadata")) }
        if plan.hasBadEnd { lines.append(("end", "the length of the file, or its padding")) }
        for block in plan.blocks.prefix(Self.listLimit) {
            let place = block.packageRange.map { "bytes \($0.lowerBound)-\($0.upperBound - 1) of the package" }
            lines.append(
                (
                    "block \(block.block)",
                    (place ?? "in a part that is not there") + (block.isPresent ? "" : ", which are not there")
                ))
        }
        if plan.blocks.count > Self.listLimit { lines.append(("…", "--json lists all blocks")) }
        return KeyValueLines.text(lines)
    }

    private static let listLimit = 20

    package var json: JSONDocument {
        [
            "file": .string(file),
            "isSound": .bool(plan.isSound),
            "wasRepaired": .bool(wasRepaired),
            "hasBadFront": .bool(plan.hasBadFront),
            "hasBadEnd": .bool(plan.hasBadEnd),
            "blockCount": .integer(blockCount),
            "blocks": .array(plan.blocks.map(\.report)),
        ]
    }
}

extension BlockLocation {
    /// The block in a report. Ranges are those of HTTP: the last byte belongs to them.
    var report: JSONDocument {
        [
            "block": .integer(block),
            "tensor": .optional(tensor.map { "\($0)" }),
            "fileOffset": .integer(fileRange.lowerBound),
            "rawByteCount": .integer(fileRange.count),
            "encoding": .optional(encoding.map { "\($0)" }),
            "package": .optional(packagePath.map { ByteString($0).description }),
            "packageOffset": .optional(packageRange?.lowerBound),
            "storedByteCount": .optional(packageRange?.count),
            "range": .optional(packageRange.map { "\($0.lowerBound)-\($0.upperBound - 1)" }),
            "isPresent": .bool(isPresent),
        ]
    }
}
