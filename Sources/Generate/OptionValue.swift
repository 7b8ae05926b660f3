import SkipDiagnostics
import SkipFiles
import SkipFormat

/// A value on the command line, with the name of its option for errors.
struct OptionValue {
    let option: String
    let text: String

    private func failure(_ required: String) -> UsageError {
        UsageError("\(option) needs \(required), not \"\(ByteString(text))\"")
    }

    func integer<Number: FixedWidthInteger>(in range: ClosedRange<Number>) throws(UsageError) -> Number {
        guard let number = Number(text), range.contains(number) else {
            throw failure("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// - Parameter range: nil: any finite number.
    func real(in range: ClosedRange<Float>? = nil) throws(UsageError) -> Float {
        let number = Float(text)
        guard let number, number.isFinite, range?.contains(number) ?? true else {
            throw failure("a number" + (range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""))
        }
        return number
    }

    func ids() throws(UsageError) -> [UInt32] {
        var ids: [UInt32] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let id = UInt32(word) else { throw failure("token ids like 1,2,3") }
            ids.append(id)
        }
        return ids
    }

    func nonempty() throws(UsageError) -> String {
        if text.isEmpty { throw UsageError("\(option) needs a text that is not empty") }
        return text
    }

    func digest() throws(UsageError) -> SHA256Digest {
        guard let digest = SHA256Digest(hexadecimal: text) else {
            throw failure("64 hexadecimal digits, as `skipc inspect` prints them")
        }
        return digest
    }
}
