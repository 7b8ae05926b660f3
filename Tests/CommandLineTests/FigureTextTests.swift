import SkipDiagnostics
import Testing

@testable import skipc

/// How numbers, durations and progress read.
@Suite struct FigureTextTests {
    @Test(arguments: [
        (0.0, "0"), (3355.4, "3355"), (268.17, "268"), (99.96, "100"), (99.94, "99.9"), (41.77, "41.8"),
        (9.996, "10.0"),
        (1, "1.00"), (0.99951, "1.00"), (0.9994, "0.999"), (0.0107, "0.0107"), (0.000123, "0.000123"),
        (0.00001234, "1.23e-05"), (-41.77, "-41.8"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "4.94e-324"),
    ])
    func significantDigits(_ value: Double, _ text: String) {
        #expect(Decimal.significant(value) == text)
    }

    @Test func numbersThatAreNoNumbersAreText() {
        #expect(Decimal.significant(.infinity) == "inf" && Decimal.significant(.nan) == "nan")
        #expect(Decimal.text(9e17, places: 6) == "9e+17" && Decimal.uncertain(.infinity, .nan) == "inf ± nan")
        #expect(TimeText.text(seconds: .infinity) == "inf s" && TimeText.whole(seconds: 1e30) == "1e+30 s")
    }

    @Test func uncertainValuesHaveTheSameDecimals() {
        #expect(Decimal.uncertain(268.17, 23.73) == "268 ± 24")
        #expect(Decimal.uncertain(41.77, 2.3) == "41.8 ± 2.3")
        #expect(Decimal.uncertain(47.2595, 4.9682, digits: 4) == "47.26 ± 4.97")
    }

    @Test(arguments: [
        (0.0865, "86.5 ms"), (0.9999, "1.00 s"), (1.01, "1.01 s"), (59.96, "1 min 0 s"), (125, "2 min 5 s"),
        (3900, "1 h 5 min"), (0, "0 ms"),
    ])
    func durations(_ seconds: Double, _ text: String) {
        #expect(TimeText.text(seconds: seconds) == text)
    }

    @Test func sharesAndRates() {
        #expect(Decimal.finePercent(0.0065269) == "0.653%" && Decimal.finePercent(1e-9) == "<0.001%")
        #expect(Decimal.finePercent(0) == "0%" && Decimal.finePercent(1) == "100%")
        #expect(
            ByteCount.rate(perSecond: 383_012_345) == "383 MB/s" && ByteCount.rate(perSecond: 999_700) == "1.00 MB/s")
    }

    @Test func progressShowsTheTimeLeft() {
        let line = ProgressLine(label: "perplexity", done: 512, total: 2048, unit: .tokens, seconds: 2)
        #expect(line.text == "perplexity: 25%  512 of 2048 tokens  256 tokens/s  6 s left")
        let bar = line.bar(columnCount: 80, on: .none)
        #expect(bar.hasPrefix("perplexity ██") && bar.hasSuffix("░ 25%  512 of 2048 tokens  256 tokens/s  6 s left"))
        // A line that is longer than the terminal could not be drawn again.
        for columnCount in 1..<120 {
            #expect(line.bar(columnCount: columnCount, on: .none).count < max(columnCount, 1))
        }
        let end = ProgressLine(label: "validate", done: 5_000_000, total: 5_000_000, unit: .bytes, seconds: 0.5)
        #expect(end.text == "validate: 100%  5.0 MB of 5.0 MB  10.0 MB/s")
    }
}
