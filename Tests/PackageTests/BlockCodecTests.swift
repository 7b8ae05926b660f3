import SkipFiles
import TestSupport
import Testing

@testable import SkipPackage

@Suite struct BlockCodecTests {
    static let layouts = [
        PlaneLayout.whole, PlaneLayout(encoding: .bytes16), PlaneLayout(encoding: .bytes32), records,
    ]

    private static var records: PlaneLayout {
        var layout = PlaneLayout(encoding: .records)
        layout.recordByteCount = 64 * 5 + 64
        layout.valueByteCount = 64 * 5
        return layout
    }

    /// Bytes that zstd compresses (a few values), or not.
    static func contents(_ byteCount: Int, isCompressible: Bool) -> [UInt8] {
        var random = SplitMix64(seed: 3)
        return (0..<byteCount).map { _ in
            let value = UInt8(truncatingIfNeeded: random.next())
            return isCompressible ? 0x38 | value & 7 : value
        }
    }

    @Test(arguments: layouts, [true, false]) func aBlockIsRestored(_ layout: PlaneLayout, isCompressible: Bool) throws {
        for byteCount in [384, 384 * 100] {
            let raw = Self.contents(byteCount, isCompressible: isCompressible)
            var encoder = BlockEncoder(.planes)
            var decoder = BlockDecoder()
            var stored = [UInt8](repeating: 0, count: BlockEncoder.bound(raw.count))
            var restored = [UInt8](repeating: 0, count: raw.count)
            // SAFETY: the buffers are used within the closures only.
            let encoded = try unsafe stored.withUnsafeMutableBytes { target in
                try unsafe raw.withUnsafeBytes { try unsafe encoder.encode($0, layout, into: target) }
            }
            #expect(encoded.byteCount <= raw.count)
            #expect((encoded.encoding == .stored) == (encoded.byteCount == raw.count))
            if byteCount > 1000 { #expect((encoded.encoding == layout.encoding) == isCompressible) }
            let used = encoded.encoding == .stored ? PlaneLayout(encoding: .stored) : layout
            let fault = try unsafe restored.withUnsafeMutableBytes { target in
                try unsafe stored[..<encoded.byteCount].withUnsafeBytes {
                    try unsafe decoder.decode($0, used, into: target)
                }
            }
            #expect(fault == nil)
            #expect(restored == raw)
        }
    }

    /// The exponent of a bfloat16 fills the upper plane, and the sign is the lowest bit of the lower plane.
    @Test func exponentsArePutTogether() {
        let raw: [UInt8] = [0x80, 0x3F, 0x81, 0xBF]  // 1 and -1.0078125
        var planes = [UInt8](repeating: 0, count: 4)
        // SAFETY: both buffers are used within the closures only.
        unsafe planes.withUnsafeMutableBytes { target in
            unsafe raw.withUnsafeBytes { unsafe Planes.split($0, PlaneLayout(encoding: .bytes16), into: target) }
        }
        #expect(planes == [0x00, 0x03, 0x7F, 0x7F])
    }
}
