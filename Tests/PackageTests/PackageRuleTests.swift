import Testing

@testable import SkipPackage

@Suite struct PackageRuleTests {
    @Test func idsAreUnique() { #expect(Set(PackageRule.allCases.map(\.id)).count == PackageRule.allCases.count) }
}
