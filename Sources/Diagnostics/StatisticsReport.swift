import SkipModel
import SkipRuntime

/// The statistics of a run, as `--stats` prints them.
package struct StatisticsReport {
    private let statistics: RunStatistics
    private let isDense: Bool

    package init(_ statistics: RunStatistics, isDense: Bool) {
        self.statistics = statistics
        self.isDense = isDense
    }

    package var text: String {
        var lines: [(key: String, value: String)] = []
        for (name, phase) in [("prompt", statistics.prompt), ("generation", statistics.generation)]
        where phase.tokenCount > 0 {
            lines.append(
                (
                    name,
                    "\(phase.tokenCount) tokens in \(TimeText.text(seconds: phase.seconds)), "
                        + "\(Decimal.significant(phase.tokensPerSecond)) tokens/s, "
                        + "\(ByteCount.text(Int(phase.weightBytesPerToken))) of weights per token"
                ))
            lines.append(
                (
                    "  executed",
                    "attention \(Decimal.percent(phase.executedShare(.attention))), MLP \(Decimal.percent(phase.executedShare(.mlp)))"
                ))
        }
        return KeyValueLines.text(lines) + (isDense ? "" : layerTable)
    }

    /// One line per layer with the share of all tokens that executed each module, as a bar.
    private var layerTable: String {
        let phases = [statistics.prompt, statistics.generation]
        let tokenCount = phases.map(\.tokenCount).reduce(0, +)
        guard tokenCount > 0 else { return "" }
        let layerCount = statistics.prompt.executedCounts.count / RoutedModule.allCases.count
        var text = "  layer  attention executed   MLP executed\n"
        for layer in 0..<layerCount {
            let cells = RoutedModule.allCases.map { module in
                let executed = phases.map { $0.executedCounts[layer * 2 + Int(module.rawValue)] }.reduce(0, +)
                return Self.bar(Double(executed) / Double(tokenCount))
            }
            let number = String(layer)
            text +=
                String(repeating: " ", count: 7 - number.count) + number + "  " + cells.joined(separator: "  ") + "\n"
        }
        return text
    }

    /// Returns a bar of 14 cells and a percentage.
    private static func bar(_ share: Double) -> String {
        let filled = Int((share * 14).rounded())
        let percent = Decimal.text(share * 100, places: 0) + "%"
        return String(repeating: "█", count: filled) + String(repeating: "·", count: 14 - filled) + " "
            + String(repeating: " ", count: 4 - percent.count) + percent
    }
}
