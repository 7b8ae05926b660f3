import SkipDiagnostics

/// The line that shows the progress of an operation.
struct ProgressLine {
    let label: String
    let done: Int
    let total: Int
    let unit: Unit
    /// The time since the start.
    let seconds: Double

    /// The unit of the counts.
    enum Unit: Sendable {
        case bytes
        case tokens
    }

    private static let longestBar = 30
    private static let shortestBar = 5

    private var share: Double { min(Double(done) / Double(total), 1) }

    /// `25%  512 of 2048 tokens  350 tokens/s  5 s left`
    private var figures: String {
        let rate = Double(done) / max(seconds, 0.001)
        let amount =
            switch unit {
            case .bytes: "\(ByteCount.text(done)) of \(ByteCount.text(total))  \(ByteCount.rate(perSecond: rate))"
            case .tokens: "\(done) of \(total) tokens  \(Decimal.significant(rate)) tokens/s"
            }
        let percent = "\(Int(share * 100))%"
        if done <= 0 || done >= total { return "\(percent)  \(amount)" }
        return "\(percent)  \(amount)  \(TimeText.whole(seconds: seconds * (1 - share) / share)) left"
    }

    var text: String { "\(label): \(figures)" }

    /// Returns the line with a bar, shorter than the terminal, because a longer line could not be drawn again.
    func bar(columnCount: Int, on features: TerminalFeatures) -> String {
        let free = columnCount - 1 - label.count - figures.count - 2
        if free < Self.shortestBar { return String(text.prefix(max(columnCount - 1, 0))) }
        let length = min(free, Self.longestBar)
        let filled = Int(share * Double(length))
        let bar =
            features.text(String(repeating: "█", count: filled), .good)
            + String(repeating: "░", count: length - filled)
        return "\(label) \(bar) \(figures)"
    }
}
