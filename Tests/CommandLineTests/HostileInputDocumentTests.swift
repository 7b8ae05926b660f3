import Foundation
import SkipFiles
import TestSupport
import Testing

/// `specs/hostile-inputs.md` has every case, and the tests that it names.
@Suite struct HostileInputDocumentTests {
    private struct Row {
        /// The id, such as `ST-07`.
        let id: String
        let number: Int
        let behavior: String
        /// Suites and functions, such as `FaultTests.aSampleOfFaults`.
        let tests: [(suite: String, function: String)]
    }

    private static let rows = Result {
        try String(contentsOfFile: RepositoryPaths.specification("hostile-inputs.md"), encoding: .utf8)
            .split(separator: "\n").compactMap { line -> Row? in
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                guard cells.count == 3, let match = cells[0].wholeMatch(of: /[A-Z]{2}-([0-9]+)/) else { return nil }
                return Row(
                    id: cells[0], number: Int(match.output.1) ?? 0, behavior: cells[1],
                    tests: cells[2].matches(of: /`(\w+)\.(\w+)`/).map { (String($0.output.1), String($0.output.2)) })
            }
    }

    /// The text of all test files but this one.
    private static let sources = Result {
        let tests = RepositoryPaths.root + "/Tests"
        let paths = (FileManager.default.enumerator(atPath: tests)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".swift") && !$0.hasSuffix("HostileInputDocumentTests.swift") }
        return try paths.map { try String(contentsOfFile: tests + "/" + $0, encoding: .utf8) }
    }

    @Test func everyCaseIsListedInOrder() throws {
        let numbers = try Self.rows.get().map(\.number)
        #expect(Set(numbers) == Set(1...118))
        #expect(numbers == numbers.sorted())
    }

    @Test func everyTestExists() throws {
        let sources = try Self.sources.get()
        for row in try Self.rows.get() {
            #expect(!row.tests.isEmpty || row.behavior.hasPrefix("Does not apply: "), "\(row.id)")
            for (suite, function) in row.tests {
                let files = sources.filter { $0.contains("struct \(suite) ") }
                #expect(files.contains { $0.contains("func \(function)(") }, "\(row.id): \(suite).\(function)")
            }
        }
    }

    /// A title or the row of a table begins with the case, or a row has a rule of the same number.
    @Test func everyCaseIsFoundInTests() throws {
        let text = try Self.sources.get().joined(separator: "\n")
        for row in try Self.rows.get() where !row.tests.isEmpty {
            let rules = InputRule.allCases.filter { rule in
                rule.rawValue.hasPrefix(row.id) && rule.rawValue.dropFirst(row.id.count).allSatisfy(\.isLetter)
            }
            let words = ["\"\(row.id): ", "\"\(row.id) ", "\"\(row.id), ", ", \(row.id): ", ", \(row.id), "]
            let rows = rules.flatMap { ["(.\($0),", ", .\($0),"] }
            #expect((words + rows).contains { text.contains($0) }, "\(row.id)")
        }
    }
}
