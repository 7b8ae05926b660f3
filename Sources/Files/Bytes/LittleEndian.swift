/// Decodes arrays of little-endian numbers.
public enum LittleEndian {
    /// Decodes integers. Ignores remaining bytes that are fewer than one element.
    public static func integers<Element: FixedWidthInteger>(_ bytes: [UInt8], as: Element.Type) -> [Element] {
        let width = MemoryLayout<Element>.size
        return stride(from: 0, to: bytes.count / width * width, by: width).map { start in
            (0..<width).reduce(Element.zero) { $0 | Element(truncatingIfNeeded: bytes[start + $1]) << ($1 * 8) }
        }
    }

    /// Decodes 32-bit floats.
    public static func floats(_ bytes: [UInt8]) -> [Float] {
        integers(bytes, as: UInt32.self).map(Float.init(bitPattern:))
    }
}
