import Testing

@testable import SkipFiles

@Suite("Byte strings")
struct ByteStringTests {
    /// Lengths on both sides of those at which the representation changes.
    static let lengths = [0, 1, 7, 8, 9, 14, 15, 16, 17, 40]

    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) } }

    @Test("Stored bytes are returned unchanged", arguments: lengths)
    func keepsItsBytes(count: Int) {
        let bytes = Self.bytes(count)
        for string in [ByteString(bytes: bytes), ByteString(bytes: bytes.span)] {
            #expect(string.bytes == bytes)
            #expect(string.count == count)
            #expect(string.isEmpty == (count == 0))
            var appended: [UInt8] = [1, 2]
            string.append(to: &appended)
            #expect(appended == [1, 2] + bytes)
        }
    }

    @Test("Two strings are equal exactly if all their bytes are", arguments: lengths)
    func comparesBytes(count: Int) {
        let string = ByteString(bytes: Self.bytes(count))
        let same = ByteString(bytes: Self.bytes(count))
        #expect(string == same)
        #expect(string.hashValue == same.hashValue)
        #expect(string.seededHash((3, 5)) == same.seededHash((3, 5)))
        #expect(string != ByteString(bytes: Self.bytes(count) + [0]))
        for index in 0..<count {
            var changed = Self.bytes(count)
            changed[index] ^= 1
            #expect(string != ByteString(bytes: changed))
        }
    }

    @Test("The order is that of unsigned bytes")
    func ordersByBytes() {
        let ordered: [ByteString] = ["", "a", "a\0", "aaaaaaaaaaaaaaaa", "b", "\u{E9}"]
        for (index, string) in ordered.enumerated() {
            for (other, second) in ordered.enumerated() { #expect((string < second) == (index < other)) }
        }
    }
}
