import Foundation
import SkipModel
import Testing

@testable import SkipFormat

/// Checks that the specification agrees with the code.
@Suite struct SpecificationTests {
    static let lines = Result {
        try String(contentsOfFile: ExampleFileTests.repository + "/specs/skipgpt-format.md", encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    @Test(arguments: FormatRule.allCases) func statesEveryRule(_ rule: FormatRule) throws {
        let row = "| \(rule.id) | \(rule.statement) | \(rule.meansUnsupported ? "yes" : "") |"
        #expect(try Self.lines.get().contains(row))
    }

    @Test func statesNoOtherRule() throws {
        #expect(try Self.lines.get().count { $0.hasPrefix("| SK-") } == FormatRule.allCases.count)
    }

    @Test(arguments: TensorRole.allCases) func listsEveryRole(_ role: TensorRole) throws {
        #expect(try Self.lines.get().contains { $0.hasPrefix("| \(role.rawValue) | \(role) | \(role.extentKind) |") })
    }

    @Test(arguments: ExtentKind.allCases) func listsEveryExtent(_ kind: ExtentKind) throws {
        let row = "| \(kind.rawValue) | \(kind) | yes | \(kind.isPerLayer ? "yes" : "no") |"
        #expect(try Self.lines.get().contains { $0.hasPrefix(row) })
    }

    @Test(arguments: ConfigurationField.allCases) func listsEveryField(_ field: ConfigurationField) throws {
        #expect(try Self.lines.get().contains { $0.hasPrefix("| \(field.rawValue) | ") && $0.contains("| \(field) |") })
    }

    @Test(arguments: LayerField.allCases) func listsEveryLayerField(_ field: LayerField) throws {
        #expect(try Self.lines.get().contains { $0.hasPrefix("| \(field.rawValue) | ") && $0.contains("| \(field) |") })
    }

    /// Every line of the hex dump agrees with the example file.
    @Test func dumpsTheExample() throws {
        let example = try SkipFile(opening: ExampleFileTests.path).allBytes
        var dumped = 0
        for line in try Self.lines.get() {
            let words = line.split(separator: " ")
            guard let place = words.first, place.count == 6, let offset = Int(place, radix: 16) else { continue }
            let shown = line.dropFirst(8).prefix(47).split(separator: " ").compactMap { UInt8($0, radix: 16) }
            #expect(Array(example[offset..<offset + shown.count]) == shown, "\(line)")
            dumped += shown.count
        }
        #expect(dumped > 800)
    }
}
