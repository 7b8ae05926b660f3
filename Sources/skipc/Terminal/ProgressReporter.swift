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

/// The option of commands that take long.
struct ProgressOptions: ParsableArguments {
    @Option(name: .customLong("progress"), help: ArgumentHelp("How progress is shown.", valueName: "style"))
    var style: ProgressStyle = .auto
}

/// Shows the progress of a long operation on standard error. Shows nothing in the first half second.
final class ProgressReporter: Sendable {
    private let isBar: Bool
    private let isSilent: Bool
    private let features = Environment.features(of: .error)
    private let creation = ContinuousClock.now
    private let state = Mutex(State())

    private struct State {
        var label = ""
        /// When the operation with this label started.
        var start = ContinuousClock.now
        var lastShown: ContinuousClock.Instant?
    }

    private static let quietTime: Duration = .milliseconds(500)

    init(_ style: ProgressStyle) {
        isBar = style == .auto && features.canRedraw
        isSilent = style == .none
    }

    /// Shows that `done` of `total` units are complete. A bar changes at most ten times a second; lines are printed
    /// every two seconds, and less often in a long operation. A new label starts a new operation. May be called from
    /// any thread.
    func update(_ label: String, _ done: Int, of total: Int, unit: ProgressLine.Unit = .bytes) {
        if isSilent { return }
        let now = ContinuousClock.now
        let elapsed: Duration? = state.withLock { state in
            if state.label != label {
                state.label = label
                state.start = state.lastShown == nil ? creation : now
            }
            let elapsed = now - state.start
            let interval: Duration = isBar ? .milliseconds(100) : max(.seconds(2), elapsed / 20)
            guard now - creation >= Self.quietTime, state.lastShown.map({ now - $0 >= interval }) ?? true else {
                return nil
            }
            state.lastShown = now
            return elapsed
        }
        guard let elapsed else { return }
        let line = ProgressLine(
            label: label, done: done, total: max(total, 1), unit: unit, seconds: elapsed / .seconds(1))
        StandardStream.error.note(
            isBar ? "\r\(line.bar(columnCount: Self.columnCount, on: features))\u{1B}[K" : line.text + "\n")
    }

    /// Shows the progress of a library's operation.
    func update(_ label: String, _ progress: WorkProgress) {
        update(label, progress.completedByteCount, of: progress.totalByteCount)
    }

    /// Removes the bar.
    func finish() {
        let wasShown = state.withLock { $0.lastShown != nil }
        if isBar, wasShown { StandardStream.error.note("\r\u{1B}[K") }
    }

    /// The width of the terminal.
    private static var columnCount: Int {
        var size = winsize()
        // SAFETY: the call fills the struct that it is passed.
        let result = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
