import SystemPackage

/// Messages: unbuffered, and a failure to write them is not worth an error.
enum StandardError {
    static func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }
}

/// Results. A result that cannot be written is a failure of the command.
enum StandardOutput {
    static func write(_ text: String) throws(StandardOutputError) { try write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) throws(StandardOutputError) {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            throw StandardOutputError(cause: "\(error)")
        }
    }
}

struct StandardOutputError: Diagnosable {
    let cause: String

    var diagnostic: Diagnostic {
        Diagnostic(status: .system, rule: nil, place: "standard output", message: cause)
    }
}
