import SkipFiles
import SkipFormat

extension SystemFailure: Diagnosable {
    package var diagnostic: Diagnostic {
        let hint = operation == .open && reason == Self.absentReason ? HubName.hint(forAbsent: path) : nil
        return Diagnostic(.system, place: "\(ByteString(path))", "cannot \(operation.words): \(reason)", hint: hint)
    }
}

extension SystemFailure.Operation {
    fileprivate var words: String {
        switch self {
        case .open: "open"
        case .read: "read"
        case .status: "read the file's status"
        case .list: "list the directory"
        case .map: "map"
        case .create: "create"
        case .resize: "resize"
        case .write: "write"
        case .synchronize: "write to the disk"
        case .link, .rename: "give the file its name"
        case .remove: "remove"
        case .freeSpace: "write: the disk has too little free space"
        }
    }
}

extension OutputError: Diagnosable {
    package var diagnostic: Diagnostic {
        switch self {
        case .targetExists(let path):
            Diagnostic(.usage, place: "\(ByteString(path))", "exists already", hint: "--force replaces it")
        case .notReplaceable(let path):
            Diagnostic(
                .usage, place: "\(ByteString(path))",
                "--force replaces only a directory of model files: one with config.json, no directories in it and no "
                    + ".skipgpt files", hint: "remove it first, or give another name for the output")
        case .targetIsInput(let path):
            Diagnostic(
                .usage, place: "\(ByteString(path))", "the output is one of the inputs, perhaps under another name",
                hint: "give another name for the output")
        case .unsuitableTarget(let path):
            Diagnostic(
                .usage, place: "\(ByteString(path))",
                "a directory, device, pipe, socket or symbolic link, not a file that can be replaced")
        case .system(let failure): failure.diagnostic
        }
    }
}

extension WriteError: Diagnosable {
    package var diagnostic: Diagnostic {
        switch self {
        case .output(let error): error.diagnostic
        case .selfCheck(let error):
            Diagnostic(
                .internalError, rule: error.rule?.id, "the written file is not valid when read back; it was removed",
                hint: "the disk or the memory may be faulty, or this is a bug of skipc")
        case .rows(let cause as any Diagnosable): cause.diagnostic
        case .rows(let cause): Diagnostic(.internalError, "\(cause)")
        case .cancelled: Diagnostic(.internalError, "cancelled")
        }
    }
}
