import Glibc

/// A process whose standard streams are files. It takes milliseconds less than one of Foundation, whose `waitUntilExit`
/// polls.
struct SpawnedProcess {
    struct SpawnFailure: Error {
        let code: Int32
    }

    /// Descriptors from here on are not closed, which a process of tests does not have.
    private static let descriptorLimit: Int32 = 128

    private let identifier: pid_t

    /// Starts a program. The first of the arguments is its path. The standard input is empty, and `output` and `errors`
    /// are created if they do not exist.
    init(
        _ arguments: [String], environment: [String: String], directory: String?, output: String,
        errors: String
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        // SAFETY: the actions are initialized here, copy the paths, and are destroyed once.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o600)
        // A test may limit the number of descriptors. Closing one that is not open is no error.
        for descriptor in 3..<Self.descriptorLimit {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var identifier = pid_t()
        // Swift does not import the action that changes the directory.
        let command = directory.map { ["/usr/bin/env", "-C", $0] + arguments } ?? arguments
        let code = unsafe Self.withCStrings(command) { arguments in
            unsafe Self.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                // SAFETY: both lists end with nil and live until the call returns.
                unsafe posix_spawn(&identifier, command[0], &actions, nil, arguments, environment)
            }
        }
        guard code == 0 else { throw SpawnFailure(code: code) }
        self.identifier = identifier
    }

    /// Waits for the end. Returns the exit code, or the number of the signal that ended the process.
    func wait() -> (status: Int32, wasKilled: Bool) {
        var status: Int32 = 0
        // SAFETY: `status` is a local variable. Nobody else waits for this process.
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8 & 0xFF, false) : (signal, true)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        // SAFETY: the copies are freed after `body` has returned.
        var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { while let pointer = unsafe pointers.popLast() { unsafe free(pointer) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the list ends with nil") }
            return unsafe body(UnsafePointer(base))
        }
    }
}
