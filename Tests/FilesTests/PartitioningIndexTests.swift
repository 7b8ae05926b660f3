import Testing

@testable import SkipFiles

@Suite("Binary search")
struct PartitioningIndexTests {
    @Test("Finds what a linear search finds, for every length and every position")
    func agreesWithLinearSearch() {
        for count in 0..<40 {
            let numbers = Array(0..<count)
            for limit in -1...count {
                let expected = numbers.firstIndex { $0 >= limit } ?? count
                #expect(numbers.partitioningIndex { $0 >= limit } == expected)
                #expect(numbers[...].dropFirst().partitioningIndex { $0 >= limit } == max(expected, min(1, count)))
            }
        }
    }
}
