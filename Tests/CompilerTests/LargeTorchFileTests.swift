import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// A file of more than 4 GiB with the layout of torch's writer. Only its headers exist.
@Suite struct LargeTorchFileTests {
    /// Bytes that are mostly zero. Only the others are stored.
    private struct SparseSource: ByteSource {
        let path = "large.pth"
        let byteCount: Int
        let pieces: [(start: Int, bytes: [UInt8])]

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
            for index in 0..<buffer.count {
                let position = offset + index
                let piece = pieces.last { $0.start <= position && position < $0.start + $0.bytes.count }
                unsafe buffer[index] = piece.map { $0.bytes[position - $0.start] } ?? 0
            }
        }
    }

    private struct Writer {
        var position = 0
        var pieces: [(start: Int, bytes: [UInt8])] = []
        var directory: [UInt8] = []
        var entryCount = 0

        mutating func write(_ bytes: [UInt8]) {
            pieces.append((position, bytes))
            position += bytes.count
        }

        /// An entry of `byteCount` bytes that begins with `contents`.
        mutating func entry(_ name: String, _ contents: [UInt8], byteCount: Int) {
            let needsZip64 = byteCount >= 0xFFFF_FFFF || position >= 0xFFFF_FFFF
            let sizes = byteCount >= 0xFFFF_FFFF ? [byteCount, byteCount] : []
            let offsets = position >= 0xFFFF_FFFF ? [position] : []
            // torch does not know the stored size when it writes the local header.
            let local = Self.zip64(sizes.isEmpty ? offsets : [byteCount, 0] + offsets)
            let central = Self.zip64(sizes + offsets)
            let checksum = littleEndian(byteCount == contents.count ? ZipBuilder.checksum(contents) : 7)
            let names = littleEndian(UInt16(name.utf8.count))
            let start = position
            write(
                littleEndian(UInt32(0x0403_4B50)) + [0, 0, 8, 8] + [UInt8](repeating: 0, count: 18) + names
                    + littleEndian(UInt16(local.count)) + Array(name.utf8) + local)
            write(contents)
            position += byteCount - contents.count
            let size = needsZip64 ? littleEndian(UInt64(byteCount)) : littleEndian(UInt32(byteCount))
            write(littleEndian(UInt32(0x0807_4B50)) + checksum + size + size)
            let short = littleEndian(UInt32(min(byteCount, 0xFFFF_FFFF)))
            directory +=
                littleEndian(UInt32(0x0201_4B50)) + [0, 0, 0, 0, 8, 8] + [0, 0, 0, 0, 0, 0] + checksum + short + short
            directory += names + littleEndian(UInt16(central.count)) + [UInt8](repeating: 0, count: 10)
            directory += littleEndian(UInt32(min(start, 0xFFFF_FFFF))) + Array(name.utf8) + central
            entryCount += 1
        }

        private static func zip64(_ values: [Int]) -> [UInt8] {
            if values.isEmpty { return [] }
            return [1, 0] + littleEndian(UInt16(values.count * 8)) + values.flatMap { littleEndian(UInt64($0)) }
        }

        mutating func finish() -> SparseSource {
            let start = position
            write(directory)
            let record = position
            let count = littleEndian(UInt64(entryCount))
            write(
                littleEndian(UInt32(0x0606_4B50)) + littleEndian(UInt64(44)) + [UInt8](repeating: 0, count: 12) + count
                    + count
                    + littleEndian(UInt64(directory.count)) + littleEndian(UInt64(start)))
            write(littleEndian(UInt32(0x0706_4B50)) + [0, 0, 0, 0] + littleEndian(UInt64(record)) + [1, 0, 0, 0])
            let shortCount = littleEndian(UInt16(entryCount))
            write(
                littleEndian(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + shortCount + shortCount
                    + littleEndian(UInt32(directory.count)) + [255, 255, 255, 255, 0, 0])
            return SparseSource(byteCount: position, pieces: pieces)
        }
    }

    @Test("ZP-35: a zip64 archive of more than 4 GiB is read") func isReadWithoutItsWeights() throws {
        let count = 1_100_000_000
        let pickle = Pickle.dict([
            ("large", Pickle.tensor(storage: Pickle.storage("0", count: count), size: [count], strides: [1])),
            ("small", Pickle.tensor(storage: Pickle.storage("1", count: 5), size: [5], strides: [1])),
        ])
        let bytes = [0x80, 2] + pickle + Pickle.stop
        var writer = Writer()
        writer.entry("b/data.pkl", bytes, byteCount: bytes.count)
        writer.entry("b/data/0", [], byteCount: count * 4)
        writer.entry("b/data/1", [], byteCount: 20)
        writer.entry("b/version", Array("3\n".utf8), byteCount: 2)
        let file = try TorchFile(reading: writer.finish())
        #expect(file.tensors.map(\.byteCount) == [4_400_000_000, 20])
        #expect(file.tensors[1].byteOffset > 4_400_000_000)
    }
}
