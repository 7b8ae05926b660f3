import FuzzDriver
import SkipFiles

@testable import SkipConvert

/// Any bytes as a torch file: refused, or a list of tensors that lie inside the file.
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
        // Checksums are seldom right after a mutation. Seeds have 0 for all, which this policy takes for none.
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
