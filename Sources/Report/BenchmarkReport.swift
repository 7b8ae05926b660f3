import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// The figures of a benchmark, as a table like that of llama-bench or as JSON.
package struct BenchmarkReport: JSONConvertible {
    let file: String
    let rootHash: String
    let types: String
    let weightByteCount: Int
    let instructionSet: String
    let threads: Int
    let routing: String
    let openMilliseconds: Double
    let repetitions: Int
    let results: [BenchmarkResult]

    package init(
        _ opened: OpenedModel, isDense: Bool, threadCount: Int, openMilliseconds: Double, repetitions: Int,
        results: [BenchmarkResult]
    ) {
        file = ByteString(opened.path).description
        rootHash = "\(opened.file.header.rootHash)"
        let matrices = opened.file.tensors.filter { $0.shape.dimensions.count == 2 && $0.id.role.routedModule == nil }
        types = Set(matrices.map(\.elementType.shortName)).sorted().joined(separator: "+")
        weightByteCount = opened.file.tensors.map(\.byteCount).reduce(0, +)
        instructionSet = opened.model.instructionSet.name
        threads = threadCount
        routing = isDense ? "dense" : "routed"
        self.openMilliseconds = openMilliseconds
        self.repetitions = repetitions
        self.results = results
    }

    package var text: String {
        let header = [
            "model", "size", "type", "threads", "routing", "test", "t/s", "attention / MLP", "weights/token",
        ]
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let rows = results.map { result in
            [
                name, ByteCount.text(weightByteCount), types, "\(threads)", routing, result.name,
                Decimal.uncertain(result.mean, result.standardDeviation),
                "\(Decimal.percent(result.executedAttention)) / \(Decimal.percent(result.executedMLP))",
                ByteCount.text(Int(result.weightBytesPerToken)),
            ]
        }
        let runs = repetitions == 1 ? "of one run" : "mean ± standard deviation of \(repetitions) runs"
        return MarkdownTable.text(header: header, rows: rows, rightAligned: [1, 3, 5, 6, 7, 8]) + "\n"
            + KeyValueLines.text([
                ("t/s", "tokens per second, \(runs)"),
                ("attention / MLP", "executed modules, as a share of all"),
                ("isa", instructionSet),
                ("opened in", TimeText.text(seconds: openMilliseconds / 1000)),
            ])
    }

    package var json: JSONDocument {
        [
            "file": .string(file),
            "rootHash": .string(rootHash),
            "weightByteCount": .integer(weightByteCount),
            "types": .string(types),
            "instructionSet": .string(instructionSet),
            "threads": .integer(threads),
            "routing": .string(routing),
            "openMilliseconds": .number(openMilliseconds),
            "repetitions": .integer(repetitions),
            "results": .array(results),
        ]
    }
}

extension BenchmarkResult: JSONConvertible {
    package var json: JSONDocument {
        [
            "test": .string(name),
            (kind == .prompt ? "promptTokens" : "generationTokens"): .integer(tokenCount),
            "meanTokensPerSecond": .number(mean),
            "standardDeviation": .number(standardDeviation),
            "tokensPerSecond": .array(tokensPerSecond),
            "weightBytesPerToken": .number(weightBytesPerToken),
            "executed": ExecutedShares.json(attention: executedAttention, mlp: executedMLP),
        ]
    }
}
