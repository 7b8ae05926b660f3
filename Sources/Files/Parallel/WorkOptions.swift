import Synchronization

/// How a long operation runs: its threads, and the callbacks for progress and cancellation.
public struct WorkOptions: Sendable {
    public var threadCount: Int
    /// Called from any thread after each piece of work.
    public var progress: (@Sendable (WorkProgress) -> Void)?
    /// Called from any thread before each piece of work; returning true cancels the operation.
    public var isCancelled: (@Sendable () -> Bool)?

    public init(
        threadCount: Int = 1, progress: (@Sendable (WorkProgress) -> Void)? = nil,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.threadCount = threadCount
        self.progress = progress
        self.isCancelled = isCancelled
    }
}

/// The progress of an operation.
public struct WorkProgress: Equatable, Sendable {
    public let stage: WorkStage
    public let completedByteCount: Int
    public let totalByteCount: Int

    public init(stage: WorkStage, completedByteCount: Int, totalByteCount: Int) {
        self.stage = stage
        self.completedByteCount = completedByteCount
        self.totalByteCount = totalByteCount
    }
}

/// The stages of an operation that take noticeable time, in order.
public enum WorkStage: Sendable {
    /// Whole input files are hashed.
    case sourceHashes
    /// The checksums of torch files are checked.
    case checksums
    /// Weights are read, and converted and written or checked.
    case weights
}

/// Adds up the bytes that several threads complete, and reports each sum.
public final class ProgressCounter: Sendable {
    private let stage: WorkStage
    private let totalByteCount: Int
    private let report: (@Sendable (WorkProgress) -> Void)?
    private let completedByteCount = Atomic<Int>(0)

    public init(_ stage: WorkStage, totalByteCount: Int, report: (@Sendable (WorkProgress) -> Void)?) {
        self.stage = stage
        self.totalByteCount = totalByteCount
        self.report = report
    }

    public func add(_ byteCount: Int) {
        let completed = completedByteCount.wrappingAdd(byteCount, ordering: .relaxed).newValue
        report?(WorkProgress(stage: stage, completedByteCount: completed, totalByteCount: totalByteCount))
    }
}
