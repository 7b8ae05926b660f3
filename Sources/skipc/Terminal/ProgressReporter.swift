import ArgumentParser
import Glibc
import SkipDiagnostics
import SkipFiles
import Synchronization

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A bar on a terminal, otherwise lines.
    case auto
    case plain
    case none
}

/// Shows the progress of a long operation on standard error. Shows nothing in the first half second.
final class ProgressReporter: Sendable {
    private let isBar: Bool
    private let isSilent: Bool
    private let start = ContinuousClock.now
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    private static let quietTime: Duration = .milliseconds(500)
    private static let barWidth = 30

    /// The unit of the counts.
    enum Unit: Sendable {
        case bytes
        case windows

        func text(_ count: Int) -> String {
            switch self {
            case .bytes: ByteCount.text(count)
            case .windows: "\(count) windows"
            }
        }
    }

    init(_ style: ProgressStyle) {
        isBar = style == .auto && isatty(STDERR_FILENO) == 1
        isSilent = style == .none
    }

    /// Shows that `done` of `total` units are complete, at most ten times a second. May be called from any thread.
    func update(_ label: String, _ done: Int, of total: Int, unit: Unit = .bytes) {
        if isSilent { return }
        let now = ContinuousClock.now
        let interval: Duration = isBar ? .milliseconds(100) : .seconds(2)
        let isDue = lastShown.withLock { last in
            guard now - start >= Self.quietTime, last.map({ now - $0 >= interval }) ?? true else { return false }
            last = now
            return true
        }
        if isDue { StandardStream.error.note(line(label, done, of: max(total, 1), unit, now)) }
    }

    /// Removes the bar.
    func finish() {
        let wasShown = lastShown.withLock { $0 != nil }
        if isBar, wasShown { StandardStream.error.note("\r\u{1B}[K") }
    }

    private func line(
        _ label: String, _ done: Int, of total: Int, _ unit: Unit, _ now: ContinuousClock.Instant
    ) -> String {
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
