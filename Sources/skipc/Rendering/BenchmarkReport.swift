import Model
import Runtime

/// Benchmark figures as a table of llama-bench's kind, or as JSON.
struct BenchmarkReport: Encodable {
    let file: String
    let types: String
    let weightByteCount: Int
    let instructionSet: String
    let threads: Int
    let routing: String
    let openMilliseconds: Double
    let results: [Benchmark.Result]

    init(
        _ opened: OpenedModel, isDense: Bool, threadCount: Int, openMilliseconds: Double, results: [Benchmark.Result]
    ) {
        file = ByteString(opened.path).description
        let matrices = opened.file.tensors.filter { $0.shape.dimensions.count == 2 && $0.id.role.routedModule == nil }
        types = Set(matrices.map(\.elementType.shortName)).sorted().joined(separator: "+")
        weightByteCount = opened.file.tensors.map(\.byteCount).reduce(0, +)
        instructionSet = opened.model.instructionSet.name
        threads = threadCount
        routing = isDense ? "dense" : "routed"
        self.openMilliseconds = openMilliseconds
        self.results = results
    }

    var text: String {
        let header = ["model", "type", "size", "isa", "threads", "mode", "test", "t/s", "MB/token", "executed att/MLP"]
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let rows = results.map { result in
            [
                name, types, ByteCount.text(weightByteCount), instructionSet, "\(threads)", routing, result.test,
                "\(Decimal.text(result.mean, places: 2)) ± \(Decimal.text(result.standardDeviation, places: 2))",
                Decimal.text(result.weightBytesPerToken / 1e6, places: 1),
                "\(Decimal.percent(result.executedAttention)) / \(Decimal.percent(result.executedMLP))",
            ]
        }
        return MarkdownTable.text(header: header, rows: rows)
            + "\nopened in \(Decimal.text(openMilliseconds, places: 2)) ms\n"
    }
}

/// A table that reads well in a terminal and in a document.
enum MarkdownTable {
    static func text(header: [String], rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            "| "
                + zip(cells, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: " | ") + " |\n"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|\n"
        return line(header) + rule + rows.map(line).joined()
    }
}
