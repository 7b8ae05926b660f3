import Glibc
import Testing

@testable import SkipFormat

@Suite struct FormatRuleTests {
    static let layout = Result { try TinyModel.layout() }
    static let bytes = Result { try TinyModel.bytes(try layout.get()) }
    static let quantizedLayout = Result { try TinyModel.layout(TinyModel.quantizedGraph()) }
    static let quantizedBytes = Result { try TinyModel.quantizedBytes(try quantizedLayout.get()) }

    @Test("SK-109: hostile fields under correct hashes break their rule", arguments: CorruptFile.all)
    func breaksItsRuleOnly(_ file: CorruptFile) throws {
        var mutant =
            switch file.base {
            case .float: Mutant(try Self.layout.get(), bytes: try Self.bytes.get())
            case .quantized: Mutant(try Self.quantizedLayout.get(), bytes: try Self.quantizedBytes.get())
            }
        #expect(mutant.brokenRules == [])
        file.damage(&mutant)
        mutant.seal(file.seal)
        #expect(mutant.brokenRules == [file.rule])
    }

    @Test func everyRuleHasAFile() {
        // Only a path can break the rule of regular files: `SkipFileTests.onlyRegularFilesAreOpened` tests it.
        let covered = Set(CorruptFile.all.map(\.rule) + [.regularFile])
        #expect(Set(FormatRule.allCases).subtracting(covered) == [])
    }

    @Test func sealingASoundFileChangesNothing() throws {
        let sound = try Self.bytes.get()
        var mutant = Mutant(try Self.layout.get(), bytes: sound)
        mutant.seal(.everything)
        #expect(mutant.bytes == sound)
    }

    @Test func idsAreUniqueAndTwoDigits() {
        #expect(Set(FormatRule.allCases.map(\.id)).count == FormatRule.allCases.count)
        #expect(FormatRule.headerChecksum.id == "SK-07")
        #expect(FormatRule.sectionHash.id == "SK-95")
    }
}
