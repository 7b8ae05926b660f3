import SkipFiles

/// The extra field of a zip header: blocks of an id, a length and that many bytes.
enum ZipExtraField {
    private static let zip64ID = 1

    /// Returns the 64-bit numbers of the zip64 block; nil if there is none.
    static func zip64Values(of fields: ZipFields, in range: Range<Int>, headerOffset: Int, path: String)
        throws(InputError) -> [Int]?
    {
        var values: [Int]?
        var position = range.lowerBound
        while position < range.upperBound {
            let remaining = range.upperBound - position - 4
            guard remaining >= 0, fields.uint16(at: position + 2) <= remaining else {
                throw InputError(
                    .zip64, file: path, at: .byte(headerOffset), found: "a truncated extra field",
                    required: "complete blocks")
            }
            let length = fields.uint16(at: position + 2)
            if fields.uint16(at: position) == zip64ID {
                guard values == nil, length % 8 == 0, length <= 24 else {
                    throw InputError(
                        .zip64, file: path, at: .byte(headerOffset), found: "a zip64 block of \(length) bytes",
                        required: "one block of at most three numbers")
                }
                values = (0..<length / 8).map { fields.uint64(at: position + 4 + $0 * 8) }
            }
            position += 4 + length
        }
        return values
    }
}
