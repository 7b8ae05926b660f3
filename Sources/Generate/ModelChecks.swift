import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipRuntime

/// The checks of a file that are requested before it runs.
enum ModelChecks {
    /// Compares the root hash and checks what it covers, and then every other hash if `verifies` is set.
    ///
    /// - Throws: `RootHashMismatch`, `SkipFileFailure`.
    static func run(_ file: SkipFile, path: String, _ arguments: GenerateArguments) throws {
        if let expected = arguments.rootHash {
            try check(file.verifyTables(), path: path)
            if file.header.rootHash != expected {
                throw RootHashMismatch(path: path, found: file.header.rootHash, expected: expected)
            }
        }
        if arguments.verifies {
            try check(file.verify(threadCount: arguments.threadCount ?? Session.processorCount), path: path)
        }
    }

    private static func check(_ errors: [FormatError], path: String) throws(SkipFileFailure) {
        if let first = errors.first { throw SkipFileFailure(path: path, error: first) }
    }
}
