/// Appends little-endian numbers to an array of bytes.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    // One method for each type: a generic one is not specialized for callers in other modules.
    public mutating func append(_ value: UInt8) { bytes.append(value) }
    public mutating func append(_ value: UInt16) { appendInteger(value) }
    public mutating func append(_ value: UInt32) { appendInteger(value) }
    public mutating func append(_ value: UInt64) { appendInteger(value) }

    private mutating func appendInteger(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
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
