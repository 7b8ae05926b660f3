import SkipDiagnostics
import SkipFiles
import SkipPackage

/// The contents of a `.skipz` package.
package struct PackageReport: JSONConvertible {
    let package: Package
    let model: SkipFileReport
    let listsBlocks: Bool

    package init(_ package: Package, listsTensors: Bool, listsBlocks: Bool) {
        self.package = package
        model = SkipFileReport(package.model, path: package.path, listsTensors: listsTensors)
        self.listsBlocks = listsBlocks
    }

    private var byteCount: Int { package.parts.reduce(0) { $0 + $1.header.packageByteCount } }
    private var availableByteCount: Int { package.parts.reduce(0) { $0 + $1.file.byteCount } }
    private var entryCount: Int { package.parts.reduce(0) { $0 + $1.header.entryCount } }

    package var text: String {
        let header = package.header
        let share = Decimal.percent(Double(byteCount) / Double(header.fileByteCount))
        var lines = [
            ("package", ".skipz 1.\(header.minorVersion), \(ByteCount.text(byteCount)) (\(byteCount) bytes), \(share)"),
            ("blocks", "\(entryCount) of \(header.blockCount)"),
            ("front", "\(header.frontByteCount) bytes"),
        ]
        if availableByteCount < byteCount {
            lines.append(("incomplete", "\(availableByteCount) of \(byteCount) bytes are there"))
        }
        if header.partCount > 1 { lines.append(("parts", "\(package.parts.count) of \(header.partCount)")) }
        if let base = header.baseRootHash { lines.append(("base", "\(base)")) }
        var text = KeyValueLines.text(lines) + "\n" + model.text
        if listsBlocks { text += "\n" + package.locations.map(Self.line).joined() }
        return text
    }

    private static func line(_ block: BlockLocation) -> String {
        let tensor = block.tensor.map { ", \($0)" } ?? ""
        guard let range = block.packageRange, let encoding = block.encoding else {
            return "block \(block.block): not in the package\(tensor)\n"
        }
        return "block \(block.block): bytes \(range.lowerBound)-\(range.upperBound - 1), \(encoding), "
            + "\(block.fileRange.count) bytes at \(block.fileRange.lowerBound) of the file\(tensor)\n"
    }

    package var json: JSONDocument {
        let header = package.header
        return [
            "formatVersion": .string("1.\(header.minorVersion)"),
            "byteCount": .integer(byteCount),
            "availableByteCount": .integer(availableByteCount),
            "frontByteCount": .integer(header.frontByteCount),
            "blockCount": .integer(header.blockCount),
            "packedBlockCount": .integer(entryCount),
            "partCount": .integer(header.partCount),
            "rootHash": .string("\(header.rootHash)"),
            "baseRootHash": .optional(header.baseRootHash.map { "\($0)" }),
            "file": model.json,
            "blocks": listsBlocks ? .array(package.locations.map(\.report)) : .null,
        ]
    }
}
