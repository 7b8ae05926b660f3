/// The text of durations.
package enum TimeText {
    /// Returns a duration in a suitable unit with three significant digits: `86.5 ms`, `1.01 s`, `2 min 5 s`.
    package static func text(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "\(seconds) s" }
        if seconds < 0.9995 { return Decimal.significant(seconds * 1000) + " ms" }
        if seconds < 59.95 { return Decimal.significant(seconds) + " s" }
        return wholeUnits(seconds.rounded())
    }

    /// Returns a duration in whole seconds, rounded up: `4 s`, `2 min 5 s`.
    package static func whole(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "\(seconds) s" }
        return wholeUnits(seconds.rounded(.up))
    }

    private static func wholeUnits(_ seconds: Double) -> String {
        guard let total = Int(exactly: seconds) else { return "\(seconds) s" }
        if total < 60 { return "\(total) s" }
        if total < 3600 { return "\(total / 60) min \(total % 60) s" }
        return "\(total / 3600) h \(total / 60 % 60) min"
    }
}
