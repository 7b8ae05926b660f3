/// The text of numbers with a fixed number of decimals.
package enum Decimal {
    package static func text(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if places == 0 { return "\(sign)\(scaled)" }
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Returns a share as a percentage with one decimal.
    package static func percent(_ share: Double) -> String { text(share * 100, places: 1) + "%" }

    /// Returns a change as a percentage with two decimals and its sign.
    package static func signedPercent(_ share: Double) -> String {
        (share > 0 ? "+" : "") + text(share * 100, places: 2) + "%"
    }
}
