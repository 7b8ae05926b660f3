import SkipDiagnostics
import SkipFiles

/// Whether a file is valid, and the rules that it breaks.
package struct ValidationReport: JSONConvertible {
    package struct Finding: JSONConvertible {
        let rule: String?
        let place: String
        let message: String

        package var json: JSONDocument {
            [
                "rule": .optional(rule),
                "place": .string(place),
                "message": .string(message),
            ]
        }
    }

    let file: String
    package let isValid: Bool
    let rootHash: String?
    let findings: [Finding]

    package init(file: String, rootHash: String?, violations: [Diagnostic]) {
        self.file = file
        isValid = violations.isEmpty
        self.rootHash = rootHash
        findings = violations.map { Finding(rule: $0.rule, place: $0.place, message: $0.message) }
    }

    package var text: String {
        let name = ByteString(file)
        if isValid { return "\(name): good, root hash \(rootHash ?? "")\n" }
        let lines = findings.map { "  [\($0.rule ?? "")] \($0.place): \($0.message)\n" }
        return "\(name): bad\n" + lines.joined()
    }

    package var json: JSONDocument {
        [
            "file": .string(file),
            "isValid": .bool(isValid),
            "rootHash": .optional(rootHash),
            "findings": .array(findings),
        ]
    }
}
