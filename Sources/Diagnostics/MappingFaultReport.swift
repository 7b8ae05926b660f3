import SkipFiles

/// The message for a mapped file that was truncated while in use.
package enum MappingFaultReport {
    private static let rule = "SK-110"

    /// Installs the report for all mapped files of the process. Programs call it before they open a file.
    package static func install(program: String) {
        MappingFaults.install(
            MappingFaults.Report(
                prefix: "\(program): error[\(rule)]: ",
                suffix: ": the file was truncated while in use; replace files by renaming, not in place\n",
                exitCode: ExitStatus.system.rawValue))
    }
}
