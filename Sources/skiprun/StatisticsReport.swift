import Model
import Runtime

/// What a run did, in lines for stderr.
struct StatisticsReport {
    let statistics: RunStatistics
    let session: Session

    var text: String {
        var lines = [
            "kernels \(session.model.instructionSet.name), \(session.threadCount) threads",
            line("prompt", statistics.prompt),
            line("generation", statistics.generation),
        ]
        lines.append("layer  attention    MLP   (share of tokens that executed the module, prompt and generation)")
        for layer in session.model.configuration.layers.indices {
            let attention = share(layer, .attention)
            let mlp = share(layer, .mlp)
            lines.append(padded("\(layer)", 5) + padded(fixed(attention, 3), 11) + padded(fixed(mlp, 3), 7))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ name: String, _ phase: RunStatistics.Phase) -> String {
        let megabytes = fixed(phase.weightBytesPerToken / 1e6, 1)
        return "\(name): \(phase.tokenCount) tokens, \(fixed(phase.tokensPerSecond, 1)) per second, "
            + "executed \(fixed(phase.executedShare(.attention) * 100, 1))% of attention and "
            + "\(fixed(phase.executedShare(.mlp) * 100, 1))% of MLP, \(megabytes) MB of weights per token"
    }

    /// Over prompt and generation together.
    private func share(_ layer: Int, _ module: RoutedModule) -> Double {
        let index = layer * 2 + Int(module.rawValue)
        let executed = statistics.prompt.executedCounts[index] + statistics.generation.executedCounts[index]
        let tokens = statistics.prompt.tokenCount + statistics.generation.tokenCount
        return tokens > 0 ? Double(executed) / Double(tokens) : 1
    }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard scaled.magnitude < 1e15 else { return "\(value)" }
    let digits = String(Int(scaled.magnitude))
    let whole = String(repeating: "0", count: max(decimals + 1 - digits.count, 0)) + digits
    let sign = scaled < 0 ? "-" : ""
    return decimals == 0 ? sign + whole : sign + whole.dropLast(decimals) + "." + whole.suffix(decimals)
}

/// Right-aligned in `width` characters.
func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
}
