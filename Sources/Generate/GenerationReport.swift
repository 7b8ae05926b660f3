import SkipFiles
import SkipModel
import SkipRuntime

/// The JSON object of `--json`.
struct GenerationReport: JSONConvertible {
    let file: String
    let rootHash: String?
    /// Nil if the prompt was given as ids.
    let prompt: String?
    let promptIDs: [UInt32]
    /// Nil without a tokenizer.
    let text: String?
    let ids: [UInt32]
    let stopReason: Session.StopReason
    let stopString: String?
    let sampling: ResolvedSampling
    let openSeconds: Double
    let statistics: RunStatistics

    var json: JSONDocument {
        [
            "file": .string(file),
            "rootHash": .optional(rootHash),
            "prompt": .optional(prompt),
            "promptIDs": .array(promptIDs.map { Int($0) }),
            "text": .optional(text),
            "ids": .array(ids.map { Int($0) }),
            "stopReason": .string(stopReason.name),
            "stopString": .optional(stopString),
            "sampling": sampling.json,
            "timings": [
                "openMilliseconds": .number(openSeconds * 1000),
                "promptTokens": .integer(statistics.prompt.tokenCount),
                "promptMilliseconds": .number(statistics.prompt.seconds * 1000),
                "promptTokensPerSecond": .number(statistics.prompt.tokensPerSecond),
                "generationTokens": .integer(statistics.generation.tokenCount),
                "generationMilliseconds": .number(statistics.generation.seconds * 1000),
                "generationTokensPerSecond": .number(statistics.generation.tokensPerSecond),
            ],
            "executed": ["prompt": executed(statistics.prompt), "generation": executed(statistics.generation)],
        ]
    }

    private func executed(_ phase: RunStatistics.Phase) -> JSONDocument {
        if phase.tokenCount == 0 { return .null }
        return [
            "attention": .number(phase.executedShare(.attention)),
            "mlp": .number(phase.executedShare(.mlp)),
            "weightBytesPerToken": .integer(Int(phase.weightBytesPerToken)),
        ]
    }
}

extension Session.StopReason {
    fileprivate var name: String {
        switch self {
        case .endOfText: "endOfText"
        case .tokenLimit: "tokenLimit"
        case .positionLimit: "positionLimit"
        case .caller: "stopString"
        }
    }
}
