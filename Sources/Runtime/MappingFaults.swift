import Format
import Glibc

/// What happens when a mapped file loses bytes that are still to be read: it was truncated while in use.
///
/// The kernel then raises SIGBUS. The handler says which file and where, and ends the process with `exitCode`; it does
/// not try to go on. A SIGBUS anywhere else takes its default course.
public enum MappingFaults {
    /// The exit code of input and output errors.
    public static let exitCode: Int32 = 4

    /// Installs the handler for a file, once per process. The message begins with `program`.
    public static func report(in file: SkipFile, program: String) {
        guard unsafe watched == nil else { return }
        let head = Array("\(program): error[SK-110]: \(file.file.path): offset ".utf8)
        let tail = Array(": the file was truncated while in use; replace files by renaming, not in place\n".utf8)
        let state = UnsafeMutablePointer<WatchedMapping>.allocate(capacity: 1)
        // SAFETY: initializes the new allocation, which is never freed: the handler may run at any time.
        unsafe state.initialize(to: WatchedMapping(file: file, head: head, tail: tail))
        unsafe watched = state
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            unsafe MappingFaults.handle(signal, information)
        }
        action.sa_flags = SA_SIGINFO
        // SAFETY: `action` outlives the call.
        unsafe sigaction(SIGBUS, &action, nil)
    }

    // SAFETY: written once, before the handler is installed; read by the handler.
    private nonisolated(unsafe) static var watched: UnsafeMutablePointer<WatchedMapping>?

    /// Runs in the signal handler: no allocation, no lock, only `write` and `_exit`.
    private static func handle(_ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?) {
        // SAFETY: the kernel passes a valid record; `watched` is set before the handler is installed.
        guard let information = unsafe information, let state = unsafe watched,
            let address = unsafe information.pointee._sifields._sigfault.si_addr
        else { return takeDefaultCourse(signal) }
        let offset = unsafe UInt(bitPattern: address) &- state.pointee.firstAddress
        guard unsafe offset < state.pointee.byteCount else { return takeDefaultCourse(signal) }
        unsafe write(2, state.pointee.head.baseAddress, state.pointee.head.count)
        writeDigits(offset)
        unsafe write(2, state.pointee.tail.baseAddress, state.pointee.tail.count)
        _exit(exitCode)
    }

    /// The instruction runs again after the handler, and faults again.
    private static func takeDefaultCourse(_ signal: Int32) { Glibc.signal(signal, SIG_DFL) }

    private static func writeDigits(_ number: UInt) {
        var divisor: UInt = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            var digit = UInt8(truncatingIfNeeded: 48 + number / divisor % 10)
            // SAFETY: writes the one byte.
            unsafe write(2, &digit, 1)
            divisor /= 10
        }
    }

    /// The mapping, and the message in memory that is never freed.
    @safe
    private struct WatchedMapping {
        let firstAddress: UInt
        let byteCount: UInt
        let head: UnsafeMutableBufferPointer<UInt8>
        let tail: UnsafeMutableBufferPointer<UInt8>

        init(file: SkipFile, head: [UInt8], tail: [UInt8]) {
            let bytes = unsafe file.file.bytes(0..<file.file.byteCount)
            firstAddress = UInt(bitPattern: bytes.baseAddress)
            byteCount = UInt(bytes.count)
            unsafe self.head = .allocate(capacity: head.count)
            unsafe self.tail = .allocate(capacity: tail.count)
            _ = unsafe self.head.initialize(fromContentsOf: head)
            _ = unsafe self.tail.initialize(fromContentsOf: tail)
        }
    }
}
