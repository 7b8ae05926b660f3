import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// The figures of a benchmark, as a table like that of llama-bench or as JSON.
package struct BenchmarkReport: JSONConvertible {
    let file: String
    let types: String
    let weightByteCount: Int
    let instructionSet: String
    let threads: Int
    let routing: String
    let openMilliseconds: Double
    let results: [Benchmark.Result]

    package init(
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

    package var text: String {
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

    package var json: JSONDocument {
        [
            "file": .string(file),
            "types": .string(types),
            "weightByteCount": .integer(weightByteCount),
            "instructionSet": .string(instructionSet),
            "threads": .integer(threads),
            "routing": .string(routing),
            "openMilliseconds": .number(openMilliseconds),
            "results": .array(results),
        ]
    }
}
