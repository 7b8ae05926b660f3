import Convert
import Format
import Synchronization

/// Hashes whole input files, several at a time: `--hash-sources`.
///
/// That the bytes are those which the conversion reads is made sure of at its end: a file that changed since it was opened
/// is an error.
final class SourceHashPass: Sendable {
    private let files: [InputFile]
    private let progress: ProgressReporter
    private let next = Atomic<Int>(0)
    private let bytesDone = Atomic<Int>(0)
    private let state: Mutex<State>

    private struct State {
        var hashes: [String]
        var failure: InputError?
    }

    private static let chunkByteCount = 4 << 20

    private init(_ files: [InputFile], progress: ProgressReporter) {
        self.files = files
        self.progress = progress
        state = Mutex(State(hashes: Array(repeating: "", count: files.count)))
    }

    /// The files' SHA-256 in hexadecimal digits. Throws the first failure, or the signal that ended the work.
    static func run(_ files: [InputFile], threadCount: Int, progress style: ProgressStyle) throws -> [String] {
        Interruption.startNoting()
        let progress = ProgressReporter("hash", total: files.map(\.byteCount).reduce(0, +), style: style)
        defer { progress.finish() }
        let pass = SourceHashPass(files, progress: progress)
        WorkerThreads.run(min(threadCount, files.count)) { pass.work() }
        if let pending = Interruption.pending { throw pending }
        let (hashes, failure) = pass.state.withLock { ($0.hashes, $0.failure) }
        if let failure { throw failure }
        return hashes
    }

    private func work() {
        while Interruption.pending == nil {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= files.count || state.withLock({ $0.failure != nil }) { return }
            do throws(InputError) {
                let hash = try self.hash(of: files[index])
                state.withLock { $0.hashes[index] = hash }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }

    private func hash(of file: InputFile) throws(InputError) -> String {
        var hasher = SHA256Stream()
        var position = 0
        while position < file.byteCount, Interruption.pending == nil {
            let end = min(position + Self.chunkByteCount, file.byteCount)
            hasher.update(try file.bytes(position..<end))
            progress.update(bytesDone.wrappingAdd(end - position, ordering: .relaxed).newValue)
            position = end
        }
        return "\(hasher.finish())"
    }
}
