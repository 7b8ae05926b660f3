import Convert
import Format
import Synchronization

/// Checks the checksums of torch files' records on several threads, before any weight is used.
final class ChecksumPass: Sendable {
    private let checksums: RecordChecksums
    private let progress: ProgressReporter
    private let next = Atomic<Int>(0)
    private let bytesDone = Atomic<Int>(0)
    /// That of the first record that is bad, so that every number of threads reports the same.
    private let failure = Mutex<(index: Int, error: InputError)?>(nil)

    private init(_ checksums: RecordChecksums, progress: ProgressReporter) {
        self.checksums = checksums
        self.progress = progress
    }

    /// Throws the first bad record's error, or the signal that ended the work.
    static func run(_ checksums: RecordChecksums, threadCount: Int, progress style: ProgressStyle) throws {
        if checksums.count == 0 { return }
        let progress = ProgressReporter("checksums", total: checksums.byteCount, style: style)
        defer { progress.finish() }
        let pass = ChecksumPass(checksums, progress: progress)
        WorkerThreads.run(min(threadCount, checksums.count)) { pass.work() }
        if let pending = Interruption.pending { throw pending }
        if let failure = pass.failure.withLock({ $0 }) { throw failure.error }
    }

    /// Takes records in order until there are no more; after a bad one, only those before it matter.
    private func work() {
        while Interruption.pending == nil {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= checksums.count || failure.withLock({ $0 != nil }) { return }
            do throws(InputError) {
                let byteCount = try checksums.check(index)
                progress.update(bytesDone.wrappingAdd(byteCount, ordering: .relaxed).newValue)
            } catch {
                failure.withLock { failure in
                    if failure.map({ index < $0.index }) ?? true { failure = (index, error) }
                }
            }
        }
    }
}
