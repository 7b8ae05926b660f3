import Foundation
import SkipDiagnostics
import SkipFiles
import TestSupport
import Testing

/// Every rule for inputs has a test that breaks it.
@Suite struct InputRuleCoverageTests {
    /// Rules of inputs that are not a file of `convert`, or that take too large an input. Each has a test of its own.
    private static let rulesOutsideOfTheTable: Set<InputRule> = [
        .unknownFileKind, .adapterTwice, .float16Overflow, .safetensorsTensorCount, .tokenList, .traceTensor,
        .inputChanged, .temporaryFile, .memoryRefused, .linkOutside,
    ]

    /// Prefixes of rules that have tables of their own: `HostileTorchFile`, `BrokenTokenizerFileTests`, `FileFormSample`
    /// and `DirectoryFormSample`.
    private static let prefixesOutsideOfTheTable = ["ZP-", "PK-", "TK-", "FM-"]

    @Test func theTableBreaksEveryOtherRule() {
        let broken = Set(BrokenInput.all.map(\.rule))
        let missing = InputRule.allCases.filter { rule in
            !broken.contains(rule.rawValue) && !Self.prefixesOutsideOfTheTable.contains(where: rule.rawValue.hasPrefix)
        }
        #expect(Set(missing) == Self.rulesOutsideOfTheTable)
    }

    @Test(arguments: BrokenInput.all) func rowsExpectTheExitCodeOfTheRule(_ input: BrokenInput) throws {
        let rule = try #require(InputRule(rawValue: input.rule))
        #expect(input.status == InputError(rule, file: "x", found: "y").diagnostic.status.rawValue)
    }

    @Test(arguments: InputRule.allCases) func isBrokenByATest(_ rule: InputRule) throws {
        let name = try Regex("\\.\(rule)\\b")
        let sources = try Self.testSources.get()
        #expect(
            sources.contains { source in
                source.contains("\"\(rule.rawValue)\"") || source.contains("error[\(rule.rawValue)]")
                    || source.contains(name)
            }, "no test breaks \(rule.rawValue)")
    }

    /// The source text of all other test files, without comments.
    private static let testSources = Result {
        let tests = RepositoryPaths.root + "/Tests"
        let paths = (FileManager.default.enumerator(atPath: tests)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") && !$0.hasSuffix("/InputRuleCoverageTests.swift") }
        return try paths.map { path in
            try String(contentsOfFile: tests + "/" + path, encoding: .utf8)
                .split(separator: "\n")
                .filter { !$0.drop { $0 == " " }.hasPrefix("//") }
                .joined(separator: "\n")
        }
    }
}
