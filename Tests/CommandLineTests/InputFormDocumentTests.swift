import Foundation
import SkipDiagnostics
import SkipFiles
import TestSupport
import Testing

@testable import SkipConvert

/// `specs/inputs.md` lists every recognized form with the message and the hint of the code.
@Suite struct InputFormDocumentTests {
    private static let rows = Result {
        try String(contentsOfFile: RepositoryPaths.specification("inputs.md"), encoding: .utf8)
            .split(separator: "\n").filter { $0.hasPrefix("| ") }
            .map { line in line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    /// Rules of other families that say what a file is.
    private static let otherForms: Set<InputRule> = [
        .quantizedCheckpoint, .torchScript, .legacyTorchFile, .notTorchFile, .unknownFileKind, .checkpointMissing,
        .adapterMissing, .adapterEmpty, .routersAbsent, .shardMissing,
    ]

    private static var forms: [InputRule] {
        InputRule.allCases.filter { $0.rawValue.hasPrefix("FM-") || otherForms.contains($0) }
    }

    @Test func listsEveryFormOnce() throws {
        let ids = try Self.rows.get().compactMap(\.first).filter { $0.wholeMatch(of: /[A-Z]{2}-[0-9]+[A-Z]?/) != nil }
        #expect(ids.sorted() == Self.forms.map(\.rawValue).sorted())
    }

    @Test func statesTheMessageAndWhatToDo() throws {
        for rule in Self.forms {
            let row = try #require(try Self.rows.get().first { $0[0] == rule.rawValue }, "\(rule.rawValue)")
            try #require(row.count == 4, "\(rule.rawValue)")
            #expect(row[2] == rule.summary)
            #expect(row[3] == rule.hint ?? "-")
            #expect(!rule.summary.isEmpty)
        }
    }

    @Test func listsEveryQuantizationMethod() throws {
        let names = QuantizationMethod.allCases.map(\.displayName)
        let listed = try Self.rows.get().filter { $0.count == 3 && names.contains($0[0]) }
        #expect(listed.map { $0[0] } == names)
        for (row, method) in zip(listed, QuantizationMethod.allCases) {
            let configured = method.configurationNames.map { "`\($0)`" }.joined(separator: ", ")
            #expect(row[1] == (configured.isEmpty ? "-" : configured))
            let tensors = method.tensorNames.map { $0.map { "`\($0)`" }.joined(separator: " and ") }
            #expect(row[2] == (tensors.isEmpty ? "-" : tensors.joined(separator: "; ")))
        }
    }

    @Test func inspectSaysWhatAnyPathIs() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write("GGUF", to: "model.gguf")
        try directory.makeDirectory("empty")
        for (name, status, text) in [
            ("model.gguf", 6, "error[FM-07]: \(directory.file("model.gguf")): a GGUF file"),
            ("empty", 3, "an empty directory\n  hint: give the directory"),
        ] as [(String, Int32, String)] {
            let result = try ToolProcess.run("skipc", ["inspect", directory.file(name)])
            #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
        }
        let model = try ToolProcess.run("skipc", ["inspect", directory.path])
        #expect(model.status == 0 && model.outputText.contains("llama"), "\(model.errors)")
        let map = try ToolProcess.run("skipc", ["inspect", directory.path, "--map"])
        #expect(map.status == 2)
        let config = try ToolProcess.run("skipc", ["inspect", directory.file("config.json"), "--json"])
        #expect(config.outputText.contains("\"kind\": \"configuration\""))
    }
}
