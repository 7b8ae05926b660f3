import SkipDiagnostics
import SkipFiles

/// Whether a file is valid, and what is wrong with it.
package struct ValidationReport: JSONConvertible {
    package struct Finding: JSONConvertible {
        let diagnostic: Diagnostic

        package var json: JSONDocument {
            [
                "rule": .optional(diagnostic.rule),
                "place": .string(diagnostic.place),
                "message": .string(diagnostic.message),
                "hint": .optional(diagnostic.hint),
            ]
        }

        /// `byte 8192: damaged: a block of weights has changed (SK-94). Copy the file again.`, without the path.
        fileprivate func text(path: String) -> StyledText {
            var place = diagnostic.place[...]
            if place.hasPrefix(path) { place = place.dropFirst(path.count) }
            if place.hasPrefix(": ") { place = place.dropFirst(2) }
            let rule = diagnostic.rule.map { " (\($0))" } ?? ""
            let hint = diagnostic.hint.map { " \($0.prefix(1).uppercased())\($0.dropFirst())." } ?? ""
            return StyledText(place.isEmpty ? "" : place + ": ") + StyledText(diagnostic.message, .bad)
                + StyledText(rule + "." + hint + "\n")
        }
    }

    package let file: String
    /// False if the system refused to read the file.
    package let wasRead: Bool
    package let rootHash: String?
    let findings: [Finding]

    package var isValid: Bool { findings.isEmpty }

    package init(file: String, rootHash: String?, violations: [Diagnostic]) {
        self.file = file
        self.rootHash = rootHash
        wasRead = true
        findings = violations.map { Finding(diagnostic: $0) }
    }

    /// The report about a file that cannot be read.
    package init(file: String, unreadable diagnostic: Diagnostic) {
        self.file = file
        rootHash = nil
        wasRead = false
        findings = [Finding(diagnostic: diagnostic)]
    }

    package var text: StyledText {
        let name = "\(ByteString(file))"
        if isValid {
            return StyledText("\(name): ") + StyledText("good", .good) + StyledText(", root hash \(rootHash ?? "")\n")
        }
        let lines = findings.map { $0.text(path: name) }
        if lines.count == 1 { return StyledText("\(name): ") + lines[0] }
        return lines.reduce(StyledText("\(name): \(lines.count) findings:\n")) { $0 + "  " + $1 }
    }

    package var json: JSONDocument {
        [
            "file": .string(file),
            "isValid": .bool(isValid),
            "wasRead": .bool(wasRead),
            "rootHash": .optional(rootHash),
            "findings": .array(findings),
        ]
    }
}
