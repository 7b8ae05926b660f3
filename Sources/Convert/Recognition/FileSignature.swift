import SkipFiles

/// What a file is that no model is read from, as its first bytes say.
struct FileSignature {
    let form: InputRule
    /// What was found, if the form covers several formats.
    let found: String

    /// Bytes that are read to decide whether a file holds only zeros.
    private static let zeroByteLimit = 64 << 10

    private init(_ form: InputRule, _ found: String = "") {
        self.form = form
        self.found = found
    }

    /// Returns nil for a format that is read, and for an unknown one.
    static func recognize(_ start: FileStart, of source: some ByteSource) throws(InputError) -> FileSignature? {
        if start.bytes.isEmpty { return FileSignature(.emptyFile) }
        if start.isSafetensors || start.isZipArchive { return nil }
        if start.isCompiledModel { return FileSignature(.compiledModel) }
        if start.isPackage { return FileSignature(.packedModel) }
        if let signature = magic(start) { return signature }
        if let text = start.text { return textual(text) }
        if start.bytes.allSatisfy({ $0 == 0 }) { return try zeros(source) }
        return structured(start)
    }

    // MARK: Text

    private static func textual(_ text: String) -> FileSignature {
        if text.hasPrefix("version https://git-lfs.") || text.hasPrefix("version https://hawser.") {
            return FileSignature(.gitLFSPointer)
        }
        let lowercased = text.prefix(1024).lowercased()
        if lowercased.hasPrefix("<"),
            ["<!doctype html", "<html", "<head", "<body"].contains(where: lowercased.contains)
        {
            return FileSignature(.webPage)
        }
        let kind =
            switch text.first {
            case "<": "XML"
            case "{", "[": "JSON"
            default: "text"
            }
        return FileSignature(.textFile, "\(kind): \(ByteString(String(text.prefix(60))))")
    }

    private static func zeros(_ source: some ByteSource) throws(InputError) -> FileSignature? {
        let bytes = try source.bytes(0..<min(zeroByteLimit, source.byteCount))
        return bytes.allSatisfy { $0 == 0 } ? FileSignature(.zeroFile) : nil
    }

    // MARK: Magic bytes

    private static let magics: [(offset: Int, bytes: [UInt8], form: InputRule, found: String)] = [
        (0, Array("GGUF".utf8), .ggufFile, ""),
        (0, Array("FUGG".utf8), .ggufFile, "big-endian numbers"),
        (0, Array("MZqFpD".utf8), .ggufFile, "a llamafile"),
        // The magic numbers are stored in little-endian order.
        (0, Array("lmgg".utf8), .ggmlFile, "GGML"), (0, Array("fmgg".utf8), .ggmlFile, "GGMF"),
        (0, Array("tjgg".utf8), .ggmlFile, "GGJT"), (0, Array("algg".utf8), .ggmlFile, "GGLA, an adapter"),
        (0, [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], .tensorFlowFile, "HDF5"),
        (0, [0x93] + Array("NUMPY".utf8), .numpyFile, "an array"),
        (4, Array("ET12".utf8), .deployedModel, "ExecuTorch"), (4, Array("ET13".utf8), .deployedModel, "ExecuTorch"),
        (4, Array("TFL3".utf8), .deployedModel, "TensorFlow Lite"),
        (0, Array("ftrt".utf8), .deployedModel, "TensorRT"), (0, Array("ptrt".utf8), .deployedModel, "TensorRT"),
        (0, [0x37, 0x7A, 0xBC, 0xAF], .archiveFile, "a 7z archive"),
        (0, [0x1F, 0x8B], .archiveFile, "a gzip file"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], .archiveFile, "a zstd file"),
        (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A], .archiveFile, "an xz file"),
        (0, [0x04, 0x22, 0x4D, 0x18], .archiveFile, "an lz4 file"),
        (0, Array("BZh".utf8), .archiveFile, "a bzip2 file"),
        (0, Array("Rar!".utf8), .archiveFile, "a rar archive"),
        (0, [0x50, 0x4B, 0x05, 0x06], .archiveFile, "an empty zip archive"),
        (0, Array("PAR1".utf8), .datasetDirectory, "a Parquet file"),
        (0, Array("ARROW1".utf8), .datasetDirectory, "an Arrow file"),
    ]

    private static func magic(_ start: FileStart) -> FileSignature? {
        if start.hasPrefix(Array("ustar".utf8), at: 257) {
            let first = String(decoding: start.bytes.prefix(100).prefix { $0 != 0 }, as: UTF8.self)
            let isNeMo = ["model_config.yaml", "./model_config.yaml", "./model_weights.ckpt"].contains(first)
            return isNeMo ? FileSignature(.nemoFile) : FileSignature(.archiveFile, "a tar archive")
        }
        return magics.first { start.hasPrefix($0.bytes, at: $0.offset) }.map { FileSignature($0.form, $0.found) }
    }

    // MARK: Formats without magic bytes

    private static func structured(_ start: FileStart) -> FileSignature? {
        if isONNX(start.bytes) { return FileSignature(.onnxFile) }
        if isMessagePackMap(start.bytes) { return FileSignature(.flaxFile, "MessagePack") }
        return nil
    }

    /// Whether a protocol buffer begins with ONNX's `ir_version` (field 1) and `producer_name` (field 2).
    private static func isONNX(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 8, bytes[0] == 0x08, (3...20).contains(bytes[1]), bytes[2] == 0x12 else { return false }
        let end = 4 + Int(bytes[3])
        guard bytes[3] > 1, end < bytes.count, bytes[4..<end].allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return false
        }
        // producer_version, domain, model_version, doc_string, graph, opset_import
        return [0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[end])
    }

    /// Whether a MessagePack map begins with a short key of letters, as Flax writes parameters.
    private static func isMessagePackMap(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first else { return false }
        let keyOffset: Int
        switch first {
        case 0x81...0x8F: keyOffset = 1
        case 0xDE: keyOffset = 3
        case 0xDF: keyOffset = 5
        default: return false
        }
        guard keyOffset < bytes.count, (0xA2...0xBF).contains(bytes[keyOffset]) else { return false }
        let key = bytes.dropFirst(keyOffset + 1).prefix(Int(bytes[keyOffset] & 0x1F))
        return key.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }
}
