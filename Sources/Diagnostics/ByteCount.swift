/// The text of sizes.
package enum ByteCount {
    /// Returns a size in powers of 1000 with one decimal: `270.1 MB`.
    package static func text(_ count: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        if count < 1000 { return "\(count) bytes" }
        var value = Double(count)
        var unit = 0
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(Decimal.text(value, places: 1)) \(units[unit])"
    }
}
