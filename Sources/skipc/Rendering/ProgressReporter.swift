import ArgumentParser
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A bar on a terminal, plain lines elsewhere.
    case auto
    case plain
    case none
}

/// Shows how far a long piece of work has come, on standard error. Nothing is shown of work that is done in a moment.
final class ProgressReporter: Sendable {
    private let label: String
    private let total: Int
    private let unit: Unit
    private let isBar: Bool
    private let isSilent: Bool
    private let start = ContinuousClock.now
    private let lastShown: Mutex<ContinuousClock.Instant?>

    private static let quietTime: Duration = .milliseconds(500)
    private static let barWidth = 30

    /// What is counted.
    enum Unit {
        case bytes
        case windows

        func text(_ count: Int) -> String {
            switch self {
            case .bytes: ByteCount.text(count)
            case .windows: "\(count) windows"
            }
        }
    }

    /// `total` is counted in `unit`.
    init(_ label: String, total: Int, unit: Unit = .bytes, style: ProgressStyle) {
        self.label = label
        self.unit = unit
        self.total = max(total, 1)
        isBar = style == .auto && isatty(STDERR_FILENO) == 1
        isSilent = style == .none
        lastShown = Mutex(nil)
    }

    /// May be called from any thread, with what is done so far.
    func update(_ done: Int) {
        if isSilent { return }
        let now = ContinuousClock.now
        let interval: Duration = isBar ? .milliseconds(100) : .seconds(2)
        let isDue = lastShown.withLock { last in
            guard now - start >= Self.quietTime, last.map({ now - $0 >= interval }) ?? true else { return false }
            last = now
            return true
        }
        if isDue { StandardError.write(line(done, now)) }
    }

    /// Removes the bar.
    func finish() {
        let wasShown = lastShown.withLock { $0 != nil }
        if isBar, wasShown { StandardError.write("\r\u{1B}[K") }
    }

    private func line(_ done: Int, _ now: ContinuousClock.Instant) -> String {
        let share = min(Double(done) / Double(total), 1)
        let seconds = (now - start) / .seconds(1)
        let rate = unit.text(Int(Double(done) / max(seconds, 0.001)))
        let figures = "\(Decimal.text(share * 100, places: 0))%  \(unit.text(done)) of \(unit.text(total))  \(rate)/s"
        guard isBar else { return "\(label): \(figures)\n" }
        let filled = Int(share * Double(Self.barWidth))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
        return "\r\(label) \(bar) \(figures)\u{1B}[K"
    }
}
