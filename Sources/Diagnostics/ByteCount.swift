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

    /// Returns a rate with three significant digits: `383 MB/s`.
    package static func rate(perSecond count: Double) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = count
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(Decimal.significant(value)) \(units[unit])/s"
    }
}
