import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipModel

/// Draws a file's layout as text, at most 100 columns wide: `skipc inspect --map`.
///
/// The map has three parts, in the file's order: what is read when the file is opened, what every token reads, and the
/// layers, whose bars show what a skipped module saves. Neighbouring layers of the same layout share a line. The parts
/// of a layout are explained once.
package struct LayoutMap {
    private let file: SkipFile
    private var lines: [String] = []

    private static let barWidth = 56

    /// Returns the map of a file.
    package static func text(of file: SkipFile) -> String {
        var map = LayoutMap(file: file)
        map.drawTitle()
        map.drawTables()
        map.drawResidents()
        map.drawLayers()
        map.drawEnd()
        return map.lines.joined(separator: "\n") + "\n"
    }

    private init(file: SkipFile) { self.file = file }

    // MARK: Parts

    private mutating func drawTitle() {
        let path = file.file.path
        let name = ByteString(path.split(separator: "/").last.map(String.init) ?? path).description
        lines.append(
            "\(name): \(ByteCount.text(file.header.fileByteCount)), \(file.tensors.count) tensors in "
                + "\(file.sections.count) sections, weights aligned to \(file.header.alignment / 1024) KiB")
    }

    private mutating func drawTables() {
        drawHeading("read at every opening")
        let tableStart = FormatLimits.headerByteCount
        let tensorTableByteCount = file.header.tensorCount * FormatLimits.tensorEntryByteCount
        drawRow(0, tableStart, "header")
        drawRow(tableStart, file.header.tensorTableOffset - tableStart, "section table")
        drawRow(file.header.tensorTableOffset, tensorTableByteCount, "tensor table")
        for section in file.sections where section.id.kind.isMetadata {
            drawRow(section.byteOffset, section.byteCount, section.id.kind.title)
        }
    }

    private mutating func drawResidents() {
        drawHeading("resident: what every token touches")
        let residents = file.sections.filter { !$0.id.kind.isMetadata && $0.id.layer == nil }
        let largest = residents.map(\.byteCount).max() ?? 1
        for section in residents {
            let bar = Self.bar([(section.byteCount, "█")], full: largest)
            drawRow(section.byteOffset, section.byteCount, section.id.kind.title, bar)
        }
    }

    private mutating func drawLayers() {
        drawHeading("layers: what the routers choose from")
        let layers = file.configuration.layers.indices.map { Layer(index: $0, file: file) }
        let largest = layers.map(\.byteCount).max() ?? 1
        var explained: Set<[Layer.Part]> = []
        for run in Self.runs(layers) {
            draw(run, full: largest)
            if explained.insert(run[run.startIndex].parts).inserted { explain(run[run.startIndex].parts) }
        }
    }

    private mutating func draw(_ run: ArraySlice<Layer>, full: Int) {
        guard let first = run.first, let last = run.last else { return }
        let name = run.count == 1 ? "layer \(first.index)" : "layers \(first.index)–\(last.index)"
        let bar = Self.bar(first.parts.map { ($0.byteCount, $0.shade) }, full: full)
        drawRow(first.byteOffset, first.byteCount, name, bar)
        if run.count > 1 {
            drawNote(
                "\(run.count) × \(ByteCount.text(first.byteCount)) = \(ByteCount.text(run.count * first.byteCount))")
        }
    }

    private mutating func explain(_ parts: [Layer.Part]) {
        for part in parts {
            let size = Self.padded(ByteCount.text(part.byteCount), 9, atEnd: false)
            drawNote("\(part.shade) \(Self.padded(part.title, 9)) \(size)  \(part.note)")
        }
    }

    private mutating func drawEnd() {
        lines.append(String(repeating: "─", count: 100))
        lines.append("  \(Self.hexadecimal(file.header.fileByteCount))             end of the file")
    }

    // MARK: Lines

    private mutating func drawHeading(_ text: String) {
        lines.append("── \(text) " + String(repeating: "─", count: 100 - 4 - text.count))
    }

    private mutating func drawRow(_ byteOffset: Int, _ byteCount: Int, _ name: String, _ bar: String = "") {
        let size = Self.padded(ByteCount.text(byteCount), 10, atEnd: false)
        let line = "  \(Self.hexadecimal(byteOffset)) \(size)  \(Self.padded(name, 16)) \(bar)"
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }

    private mutating func drawNote(_ text: String) {
        lines.append(String(repeating: " ", count: 44) + text)
    }

    /// Divides the layers into runs of the same layout.
    private static func runs(_ layers: [Layer]) -> [ArraySlice<Layer>] {
        var runs: [ArraySlice<Layer>] = []
        var start = layers.startIndex
        for index in layers.indices where index + 1 == layers.endIndex || !layers[index].isLike(layers[index + 1]) {
            runs.append(layers[start...index])
            start = index + 1
        }
        return runs
    }

    /// Draws parts side by side, each as long as its share of `full` but at least one cell.
    private static func bar(_ parts: [(byteCount: Int, shade: String)], full: Int) -> String {
        var drawn = ""
        var end = 0
        var cells = 0
        for part in parts {
            end += part.byteCount
            let endCell = Int((Double(end) / Double(full) * Double(barWidth)).rounded())
            let length = max(1, min(endCell, barWidth) - cells)
            drawn += String(repeating: part.shade, count: length)
            cells += length
        }
        return drawn
    }

    private static func hexadecimal(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static func padded(_ text: String, _ width: Int, atEnd: Bool = true) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return atEnd ? text + padding : padding + text
    }
}

/// A layer's three extents.
private struct Layer {
    struct Part: Hashable {
        let title: String
        let shade: String
        let byteCount: Int
        /// When the part runs, and what is saved if it is skipped.
        let note: String
    }

    let index: Int
    let byteOffset: Int
    let parts: [Part]

    var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }

    init(index: Int, file: SkipFile) {
        self.index = index
        let sections = [ExtentKind.keyValue, .attention, .mlp].map { file.section(ExtentID($0, layer: index)) }
        let total = sections.reduce(0) { $0 + ($1?.byteCount ?? 0) }
        let layer = file.configuration.layers[index]
        byteOffset = sections.compactMap { $0?.byteOffset }.min() ?? 0
        let routers: [RouterKind?] = [nil, layer.attentionRouter, layer.mlpRouter]
        let names = [("kv", "░"), ("attention", "▒"), ("mlp", "█")]
        parts = zip(zip(sections, routers), names).map { place, name in
            let byteCount = place.0?.byteCount ?? 0
            return Part(
                title: name.0, shade: name.1, byteCount: byteCount,
                note: Self.note(place.1, share: Double(byteCount) / Double(max(total, 1))))
        }
    }

    /// `router` is nil for a part that is never skipped.
    private static func note(_ router: RouterKind?, share: Double) -> String {
        switch router?.name {
        case let name?: "router: \(name), saves \(Decimal.percent(share))"
        case nil: "always runs"
        }
    }

    func isLike(_ other: Layer) -> Bool { parts == other.parts }
}

extension SectionKind {
    /// The name in the map.
    fileprivate var title: String {
        switch self {
        case .leafHashes: "leaf hashes"
        case .extent(.tokenEmbedding): "token embedding"
        case .extent(.outputHead): "output head"
        default: "\(self)"
        }
    }
}
