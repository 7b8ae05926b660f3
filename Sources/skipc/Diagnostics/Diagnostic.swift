/// A failure as the user reads it.
struct Diagnostic {
    let status: ExitStatus
    /// The number of the broken rule; nil where none applies.
    let rule: String?
    /// The file and the place in it.
    let place: String
    /// What is wrong.
    let message: String
    /// What to do about it.
    var hint: String?

    var text: String {
        var text = "skipc: error" + (rule.map { "[\($0)]" } ?? "") + ": "
        if !place.isEmpty { text += place + ": " }
        text += message + "\n"
        if let hint { text += "  hint: \(hint)\n" }
        return text
    }
}

/// An error that knows how to be told.
protocol Diagnosable: Error {
    var diagnostic: Diagnostic { get }
}

/// A mistake in how the command was called that the argument parser cannot see.
struct UsageError: Diagnosable {
    let message: String
    var hint: String?

    var diagnostic: Diagnostic { Diagnostic(status: .usage, rule: nil, place: "", message: message, hint: hint) }
}

/// Adapters are to be merged, and what multiplies is not there.
struct MissingOpenBLAS: Diagnosable {
    var diagnostic: Diagnostic {
        Diagnostic(
            status: .system, rule: nil, place: "", message: "adapters are merged with OpenBLAS, which cannot be loaded",
            hint: "install it: apt-get install libopenblas0")
    }
}
