import SkipFiles

extension InputError: Diagnosable {
    package var diagnostic: Diagnostic {
        let status: ExitStatus =
            switch rule.family {
            case .malformed: .malformed
            case .unsupported: .unsupported
            case .limit: .limit
            case .system: .system
            }
        var message = rule.summary
        // The text is the system's message, not what was found in a file.
        if !found.isEmpty { message += rule == .inputUnreadable ? ": \(found)" : ": found \(found)" }
        if !required.isEmpty { message += ", needed \(required)" }
        let isAbsent = rule == .inputUnreadable && found == SystemFailure.absentReason
        let hint = rule.hint ?? (isAbsent ? HubName.hint(forAbsent: file) : nil)
        return Diagnostic(status, rule: rule.rawValue, place: placeText, message, hint: hint)
    }

    private var placeText: String {
        let file = ByteString(self.file).description
        return switch place {
        case .file: file
        case .byte(let offset): "\(file): byte \(offset) (0x\(String(offset, radix: 16)))"
        case .tensor(let name, headerOffset: let offset?): "\(file): tensor \"\(name)\" (header byte \(offset))"
        case .tensor(let name, headerOffset: nil): "\(file): tensor \"\(name)\""
        case .field(let path): "\(file): \(ByteString(path))"
        }
    }
}
