import SkipFiles
import Testing

@Suite struct LittleEndianTests {
    @Test func theWriterAppendsTheLowestByteFirst() {
        var writer = ByteWriter()
        writer.append(UInt8(1))
        writer.append(UInt16(0x0302))
        writer.append(UInt32(0x0706_0504))
        writer.append(UInt64(0x0F0E_0D0C_0B0A_0908))
        writer.append([16, 17])
        #expect(writer.bytes == Array(1...17))
        writer.pad(to: 17)
        #expect(writer.bytes.count == 17)
        writer.pad(to: 20)
        #expect(writer.bytes.suffix(4) == [17, 0, 0, 0])
    }

    @Test func theWriterAppendsTheBitsOfFloats() {
        var writer = ByteWriter()
        writer.append(Float(-2))
        writer.append(1.0)
        writer.append(Float(bitPattern: 0x7FC0_0123))
        #expect(writer.bytes == [0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x23, 1, 0xC0, 0x7F])
    }

    @Test func integersAreDecoded() {
        let bytes: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0x80]
        #expect(LittleEndian.integers(bytes, as: Int32.self) == [-2, -0x7FFF_FFFF])
        #expect(LittleEndian.integers(bytes, as: UInt32.self) == [0xFFFF_FFFE, 0x8000_0001])
        #expect(LittleEndian.integers(bytes, as: Int64.self) == [Int64(bitPattern: 0x8000_0001_FFFF_FFFE)])
        #expect(LittleEndian.integers(bytes, as: UInt8.self) == bytes)
        #expect(LittleEndian.integers([], as: Int16.self) == [])
        // Three bytes are one element of two and a rest.
        #expect(LittleEndian.integers([1, 2, 3], as: UInt16.self) == [0x0201])
    }

    @Test func whatIsWrittenIsDecoded() {
        let values: [Float] = [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude]
        var writer = ByteWriter()
        for value in values { writer.append(value) }
        #expect(LittleEndian.floats(writer.bytes).map(\.bitPattern) == values.map(\.bitPattern))
    }
}
