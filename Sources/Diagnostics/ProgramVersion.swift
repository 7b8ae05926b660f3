import CStartup
import SkipFiles

/// The text of `--version`.
package enum ProgramVersion {
    /// Returns a line with the program, its version and the commit that it was built from, if the build recorded it,
    /// and then a line for the instruction set of the kernels and for each detail, without a line break at the end.
    package static func text(
        program: String, choices: RuntimeChoices, details: [(key: String, value: String)] = []
    ) -> String {
        let lines = [(key: "kernels", value: choices.instructionSet.name)] + details
        return "\(program) \(ToolVersion.text)\(commit)\n" + KeyValueLines.text(lines).dropLast()
    }

    private static var commit: String {
        // SAFETY: the function returns a constant, null-terminated string.
        let name = unsafe String(cString: skip_commit())
        return name.isEmpty ? "" : " (\(name))"
    }
}
