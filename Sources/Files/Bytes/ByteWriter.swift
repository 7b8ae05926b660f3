/// Appends little-endian numbers to an array of bytes.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        for _ in 0..<rest.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            // Shifting a UInt8 by its full width returns zero.
            rest >>= 8
        }
    }

    public mutating func append(_ value: Float) { append(value.bitPattern) }
    public mutating func append(_ value: Double) { append(value.bitPattern) }
    public mutating func append(_ more: [UInt8]) { bytes += more }

    /// Appends zeros up to a length of `count` bytes, which must not be below the current length.
    public mutating func pad(to count: Int) {
        precondition(count >= bytes.count)
        bytes += [UInt8](repeating: 0, count: count - bytes.count)
    }
}
