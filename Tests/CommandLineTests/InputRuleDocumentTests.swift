import Foundation
import SkipDiagnostics
import SkipFiles
import SkipTokenizer
import TestSupport
import Testing

/// `specs/input-rules.md` and `specs/tokenizer.md` list the rules of the code, and no others.
@Suite struct InputRuleDocumentTests {
    private static let lines = Result {
        try String(contentsOfFile: RepositoryPaths.specification("input-rules.md"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// The cells of the rows of all tables.
    private static let tableRows: Result<[[String]], any Error> = lines.map { lines in
        lines.filter { $0.hasPrefix("| ") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The rows that begin with a rule's id.
    private static func rows() throws -> [[String]] {
        try tableRows.get().filter { row in row[0].wholeMatch(of: /[A-Z]{2}-[0-9]+[A-Z]?/) != nil }
    }

    /// The exit code of a kind of failure, from the first table.
    private static func exitCode(ofKind kind: String) throws -> Int32? {
        let row = try tableRows.get().first { $0[0] == kind && $0.count == 3 }
        return row.flatMap { Int32($0[1]) }
    }

    @Test func listsExactlyTheRulesInOrderOfTheirFamilies() throws {
        let listed = try Self.rows().compactMap(\.first)
        #expect(Set(listed).count == listed.count)
        #expect(Set(listed) == Set(InputRule.allCases.map(\.rawValue)))
        let headings = try Self.lines.get().filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3).prefix(2)) }
        let order: [Int?] = listed.map { id in headings.firstIndex(of: String(id.prefix(2))) }
        #expect(!order.contains(nil))
        #expect(order.compactMap(\.self) == order.compactMap(\.self).sorted())
        #expect(Set(order.compactMap(\.self)).count == headings.count)
    }

    @Test(arguments: InputRule.allCases) func statesTheRuleAndItsExitCode(_ rule: InputRule) throws {
        let row = try #require(try Self.rows().first { $0[0] == rule.rawValue })
        try #require(row.count == 3)
        #expect(row[1].hasSuffix(".") && row[1].count > 10)
        #expect(row[2] == "\(rule.family)")
        let status = InputError(rule, file: "x", found: "y").diagnostic.status
        #expect(try Self.exitCode(ofKind: row[2]) == status.rawValue)
    }

    /// One error of each rule of the compiled table.
    private static let tableErrors: [TokenizerTableError] = [
        .wrongLength(required: 1, found: 0), .wrongMagic, .unknownVersion(0), .reservedByteSet(offset: 0),
        .unknownValue(field: .flags, value: 0), .brokenStarts(section: .tokens, index: 0),
        .idOutOfRange(section: .merges, index: 0, id: 0), .notSorted(section: .merges, index: 0),
        .repeatedOrWrongRank(index: 0, rank: 0), .mergeSpellsAnother(index: 0), .badAddedTokenContent(index: 0),
        .badAddedTokenOptions(index: 0, options: 0), .repeatedAddedTokenID(0), .unencodable(section: .tokens),
        .tooManyTokens(found: 1, limit: 0), .wrongStep(index: 0), .wrongCharacter(index: 0), .tokenNotUTF8(id: 0),
    ]

    /// A new case must have an error in the list above: this does not compile without it.
    private static func isListed(_ error: TokenizerTableError) -> Bool {
        switch error {
        case .wrongLength, .wrongMagic, .unknownVersion, .reservedByteSet, .unknownValue, .brokenStarts, .idOutOfRange,
            .notSorted, .repeatedOrWrongRank, .mergeSpellsAnother, .badAddedTokenContent, .badAddedTokenOptions,
            .repeatedAddedTokenID, .unencodable, .tooManyTokens, .wrongStep, .wrongCharacter, .tokenNotUTF8:
            tableErrors.contains(error)
        }
    }

    @Test func theTokenizerDocumentListsExactlyTheRulesOfTheTable() throws {
        let text = try String(contentsOfFile: RepositoryPaths.specification("tokenizer.md"), encoding: .utf8)
        let listed = text.matches(of: /(?m)^\* \*\*(TT-[0-9]+)\*\* ./).map { String($0.output.1) }
        #expect(listed == Self.tableErrors.map(\.rule))
        for error in Self.tableErrors {
            #expect(Self.isListed(error))
            let diagnostic = error.diagnostic(path: "x")
            #expect(diagnostic.rule == error.rule)
            #expect(try Self.exitCode(ofKind: "malformed") == diagnostic.status.rawValue)
        }
    }
}
