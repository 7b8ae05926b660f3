import SkipFiles

@testable import SkipConvert

/// Reads arbitrary bytes as a torch file. The tensors of an accepted one are inside the file.
enum TorchEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let source = MemorySource(path: "fuzz.pth", contents: bytes)
        // Mutated files rarely have correct checksums. The seeds have checksums of 0, which this policy ignores.
        let file = try TorchFile(reading: source, checksums: .optional)
        for tensor in file.tensors {
            let available = tensor.compressedRecord?.byteCount ?? bytes.count
            try require(
                tensor.byteOffset >= 0 && tensor.byteOffset + tensor.byteCount <= available || tensor.strides != nil,
                "a tensor is inside its record")
            if let record = tensor.compressedRecord {
                try require(
                    record.byteOffset >= 0 && record.byteOffset + record.storedByteCount <= bytes.count,
                    "a record is inside the file")
            }
        }
        for entry in file.storageEntries {
            // SAFETY: the pieces are not used.
            try unsafe ZipContents(source: source, entry: entry, checksums: .optional).forEachPiece { _ in }
        }
    }
}
