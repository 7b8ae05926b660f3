/// The text of numbers.
package enum Decimal {
    /// Returns a number with a fixed number of decimals.
    package static func text(_ value: Double, places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        guard value.isFinite, abs(value) < 1e18 / Double(scale) else { return "\(value)" }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if places == 0 { return "\(sign)\(scaled)" }
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Returns a number with at least that many significant digits: `3355`, `41.8`, `0.0107`, `1.07e-05`.
    package static func significant(_ value: Double, digits: Int = 3) -> String {
        if value == 0 { return "0" }
        let exponent = exponent(of: value, digits: digits)
        if exponent < -4 {
            var mantissa = value
            for _ in exponent..<0 { mantissa *= 10 }
            return text(mantissa, places: digits - 1) + "e-" + (exponent > -10 ? "0" : "") + "\(-exponent)"
        }
        return text(value, places: places(for: value, digits: digits))
    }

    /// Returns the number of decimals with which a number has that many significant digits; 0 if it needs none.
    package static func places(for value: Double, digits: Int) -> Int {
        min(max(digits - 1 - exponent(of: value, digits: digits), 0), 12)
    }

    /// The exponent of a number in scientific notation with that many digits; 0 for zero and for what is not finite.
    private static func exponent(of value: Double, digits: Int) -> Int {
        guard value.isFinite, value != 0 else { return 0 }
        // What would be rounded up to the next power of ten counts as that power.
        var half = 0.5
        for _ in 1..<digits { half /= 10 }
        var magnitude = abs(value)
        var exponent = 0
        while magnitude >= 10 - half {
            magnitude /= 10
            exponent += 1
        }
        while magnitude < 1 - half / 10 {
            magnitude *= 10
            exponent -= 1
        }
        return exponent
    }

    /// Returns a share as a percentage with one decimal.
    package static func percent(_ share: Double) -> String { text(share * 100, places: 1) + "%" }

    /// Returns a share as a percentage with three significant digits. A tiny share is `<0.001%`.
    package static func finePercent(_ share: Double) -> String {
        share > 0 && share < 1e-5 ? "<0.001%" : significant(share * 100) + "%"
    }

    /// Returns a change as a percentage with two decimals and its sign.
    package static func signedPercent(_ share: Double) -> String {
        (share > 0 ? "+" : "") + text(share * 100, places: 2) + "%"
    }

    /// Returns a value and its uncertainty with the same number of decimals, so that the value has at least that many
    /// significant digits: `268 ± 24`, `47.26 ± 4.97`.
    package static func uncertain(_ value: Double, _ uncertainty: Double, digits: Int = 3) -> String {
        let places = places(for: value, digits: digits)
        return "\(text(value, places: places)) ± \(text(uncertainty, places: places))"
    }
}
