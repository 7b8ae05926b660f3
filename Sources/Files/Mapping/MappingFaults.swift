import Glibc
import Synchronization

/// Reports that another process truncated a mapped file while it was in use.
///
/// The kernel raises SIGBUS at the first access to a lost byte. Programs that map files install the report once, before
/// the first file. Libraries do not install it.
public enum MappingFaults {
    /// The text of a report. It is written as `prefix`, path, `": offset "`, offset, `suffix`.
    public struct Report: Sendable {
        public let prefix: String
        public let suffix: String
        /// The exit code of the process.
        public let exitCode: Int32

        public init(prefix: String, suffix: String, exitCode: Int32) {
            self.prefix = prefix
            self.suffix = suffix
            self.exitCode = exitCode
        }
    }

    /// Installs a handler of SIGBUS that reports a fault in any mapped file of the process on standard error and ends
    /// the process. A SIGBUS anywhere else has its default action. A second call is ignored.
    public static func install(_ report: Report) {
        guard unsafe reportText == nil else { return }
        MappedRegions.prepare()
        let text = UnsafeMutablePointer<ReportText>.allocate(capacity: 1)
        // SAFETY: initializes the new allocation, which is never freed: the handler may run at any time.
        unsafe text.initialize(to: ReportText(report))
        unsafe reportText = text
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            unsafe MappingFaults.handle(signal, information)
        }
        action.sa_flags = SA_SIGINFO
        // SAFETY: `action` outlives the call.
        unsafe sigaction(SIGBUS, &action, nil)
    }

    // SAFETY: written once, before the handler is installed; read by the handler.
    private nonisolated(unsafe) static var reportText: UnsafeMutablePointer<ReportText>?

    /// Runs in the signal handler, where only `write` and `_exit` are allowed: no locks, no allocation.
    private static func handle(_ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?) {
        // SAFETY: the kernel passes a valid record; `reportText` is set before the handler is installed.
        if let information = unsafe information, let text = unsafe reportText,
            let address = unsafe information.pointee._sifields._sigfault.si_addr
        {
            unsafe MappedRegions.withRegion(at: UInt(bitPattern: address)) { path, offset in
                // Several threads may fault at once. The first one reports, and the others wait for the process to end.
                if unsafe text.pointee.isWritten.exchange(true, ordering: .relaxed) { while true { pause() } }
                unsafe write(text.pointee.prefix)
                unsafe write(path)
                unsafe write(text.pointee.separator)
                writeDigits(offset)
                unsafe write(text.pointee.suffix)
                unsafe _exit(text.pointee.exitCode)
            }
        }
        // The instruction runs again after the handler and raises the signal again.
        Glibc.signal(signal, SIG_DFL)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the buffer is valid during the call.
        _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }

    private static func writeDigits(_ number: UInt) {
        var divisor: UInt = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            var digit = UInt8(truncatingIfNeeded: 48 + number / divisor % 10)
            // SAFETY: writes the one byte.
            unsafe Glibc.write(STDERR_FILENO, &digit, 1)
            divisor /= 10
        }
    }

    /// The text of a report in memory that is never freed.
    @safe
    private struct ReportText: ~Copyable {
        let isWritten = Atomic<Bool>(false)
        let prefix: UnsafeRawBufferPointer
        let separator: UnsafeRawBufferPointer
        let suffix: UnsafeRawBufferPointer
        let exitCode: Int32

        init(_ report: Report) {
            unsafe prefix = Self.copy(report.prefix)
            unsafe separator = Self.copy(": offset ")
            unsafe suffix = Self.copy(report.suffix)
            exitCode = report.exitCode
        }

        private static func copy(_ text: String) -> UnsafeRawBufferPointer {
            let bytes = Array(text.utf8)
            // SAFETY: a new allocation of the text's size, which is filled and never freed.
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            unsafe copy.copyBytes(from: bytes)
            return UnsafeRawBufferPointer(copy)
        }
    }
}
