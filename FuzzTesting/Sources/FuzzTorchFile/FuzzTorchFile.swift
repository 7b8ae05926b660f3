import FuzzDriver
import SkipFiles

@testable import SkipConvert

/// Reads arbitrary bytes as a torch file. They are refused, or all tensors are inside the file.
@main
enum FuzzTorchFile {
    static func main() {
        fuzz { start, count in
            FuzzTorchFile.check(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        }
    }

    private static func check(_ bytes: [UInt8]) {
        let source = MemorySource(path: "fuzz.pth", contents: bytes)
        // Mutated files rarely have correct checksums. The seeds have checksums of 0, which this policy ignores.
        guard let file = try? TorchFile(reading: source, checksums: .optional) else { return }
        for tensor in file.tensors {
            let available = tensor.compressedRecord?.byteCount ?? bytes.count
            precondition(
                tensor.byteOffset >= 0 && tensor.byteOffset + tensor.byteCount <= available || tensor.strides != nil)
            if let record = tensor.compressedRecord {
                precondition(record.byteOffset >= 0 && record.byteOffset + record.storedByteCount <= bytes.count)
            }
        }
        for entry in file.storageEntries {
            try? ZipContents(source: source, entry: entry, checksums: .optional).forEachPiece { _ in }
        }
    }
}
