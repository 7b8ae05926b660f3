import CStartup

/// The command line of a program. `CommandLine.arguments` is not used, because it is empty where `/proc` is not mounted.
package enum ProgramArguments {
    /// The arguments without the program's name.
    package static var words: [String] {
        (1..<max(skip_argument_count(), 1)).map { index in
            // SAFETY: an argument below the count is a C string that lives as long as the process.
            unsafe String(cString: skip_argument(index))
        }
    }
}
