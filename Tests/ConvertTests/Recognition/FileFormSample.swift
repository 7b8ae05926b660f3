import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// The start of a file in a format that is not read, and what is said of it.
struct FileFormSample: Sendable, CustomTestStringConvertible {
    let name: String
    let rule: InputRule
    /// A text that `found` must contain.
    let found: String
    let bytes: [UInt8]

    var testDescription: String { "\(rule.rawValue) \(name)" }

    init(_ name: String, _ rule: InputRule, found: String = "", _ bytes: [UInt8]) {
        self.name = name
        self.rule = rule
        self.found = found
        self.bytes = bytes
    }

    init(_ name: String, _ rule: InputRule, found: String = "", text: String) {
        self.init(name, rule, found: found, Array(text.utf8))
    }

    static let all = downloads + models + archives

    static let downloads = [
        FileFormSample(
            "Git LFS pointer", .gitLFSPointer,
            text: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 9\n"),
        FileFormSample(
            "pointer of the first Git LFS", .gitLFSPointer, text: "version https://hawser.github.com/spec/v1\noid x\n"),
        FileFormSample("page", .webPage, text: "<!DOCTYPE html>\n<html lang=\"en\"><head></head></html>"),
        FileFormSample("page after a comment", .webPage, text: "\u{FEFF}\n  <!-- gate --><HTML><body>Log in</body>"),
        FileFormSample(
            "page without a head", .webPage, text: "<html>" + String(repeating: "é", count: 5000)),
        FileFormSample("JSON", .textFile, found: "JSON", text: "{\"error\": \"Access to model x is restricted.\"}"),
        FileFormSample(
            "XML", .textFile, found: "XML", text: "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
        FileFormSample("text", .textFile, found: "text: Entry not found", text: "Entry not found"),
        FileFormSample("escapes in text", .textFile, found: "\\x0a", text: "Invalid\nuser"),
        FileFormSample("empty", .emptyFile, []),
        FileFormSample("zeros", .zeroFile, [UInt8](repeating: 0, count: 100)),
        FileFormSample("many zeros", .zeroFile, [UInt8](repeating: 0, count: 70_000) + [1]),
    ]

    static let models = [
        FileFormSample("GGUF", .ggufFile, Array("GGUF".utf8) + [3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
        FileFormSample("GGUF, big-endian", .ggufFile, found: "big-endian", Array("FUGG".utf8) + [0, 0, 0, 3]),
        FileFormSample("llamafile", .ggufFile, found: "llamafile", Array("MZqFpD='\n\n".utf8) + [0, 0x10]),
        FileFormSample("GGML", .ggmlFile, Array("lmgg".utf8) + [0, 0x7D, 0, 0, 0, 16, 0, 0]),
        FileFormSample("GGMF", .ggmlFile, Array("fmgg".utf8) + [1, 0, 0, 0, 0, 0x7D, 0, 0]),
        FileFormSample("GGJT", .ggmlFile, Array("tjgg".utf8) + [3, 0, 0, 0, 0, 0x7D, 0, 0]),
        FileFormSample("GGLA", .ggmlFile, found: "adapter", Array("algg".utf8) + [1, 0, 0, 0, 8, 0, 0, 0]),
        FileFormSample(
            "ONNX", .onnxFile,
            [0x08, 8, 0x12, 7] + Array("pytorch".utf8) + [0x1A, 5] + Array("2.1.0".utf8) + [0x3A, 0]),
        FileFormSample(
            "ONNX, quantized", .onnxFile, [0x08, 9, 0x12, 13] + Array("onnx.quantize".utf8) + [0x3A, 0x80, 0x01]),
        FileFormSample("HDF5", .tensorFlowFile, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]),
        FileFormSample(
            "Keras", .tensorFlowFile,
            ZipBuilder([.init("metadata.json", "{}"), .init("model.weights.h5", "x")]).build().bytes),
        FileFormSample("Flax", .flaxFile, [0x82, 0xA7] + Array("lm_head".utf8) + [0x81, 0xA6]),
        FileFormSample("Flax, many", .flaxFile, [0xDE, 0, 17, 0xA5] + Array("model".utf8) + [0x81]),
        FileFormSample("npy", .numpyFile, [0x93] + Array("NUMPY".utf8) + [1, 0, 0x76, 0]),
        FileFormSample("npz", .numpyFile, found: "w.npy", ZipBuilder([.init("w.npy", "x")]).build().bytes),
        FileFormSample("NeMo", .nemoFile, tar("model_config.yaml")),
        FileFormSample(
            "CoreML", .deployedModel, found: "CoreML",
            ZipBuilder([.init("Manifest.json", "{}"), .init("Data/model.mlmodel", "x")]).build().bytes),
        FileFormSample("ExecuTorch", .deployedModel, found: "ExecuTorch", [0x1C, 0, 0, 0] + Array("ET12".utf8)),
        FileFormSample(
            "TensorFlow Lite", .deployedModel, found: "TensorFlow Lite", [0x1C, 0, 0, 0] + Array("TFL3".utf8)),
        FileFormSample(
            "torch.export", .deployedModel, found: "torch.export",
            ZipBuilder([.init("m/archive_format", "pt2"), .init("m/models/model.json", "{}")]).build().bytes),
        FileFormSample("TensorRT", .deployedModel, found: "TensorRT", Array("ftrt".utf8) + [0, 0, 0, 0, 1]),
        FileFormSample(
            "compiled", .compiledModel, [0x89] + Array("SKIPGPT\r\n".utf8) + [0x1A, 0x0A, 1, 0, 0, 0]),
        FileFormSample("packed", .packedModel, [0x89] + Array("SKIPZST\r\n".utf8) + [0x1A, 0x0A, 1, 0, 0, 0]),
        FileFormSample("TorchScript", .torchScript, torch(adding: "m/code/__torch__/x.py")),
        FileFormSample("TorchScript without code", .torchScript, torch(adding: "m/constants.pkl")),
        FileFormSample(
            "PyTorch 1.5", .legacyTorchFile,
            [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E, 0x80, 2, 0x4D]),
        FileFormSample("Parquet", .datasetDirectory, found: "Parquet", Array("PAR1".utf8) + [0x15, 0]),
        FileFormSample("Arrow", .datasetDirectory, found: "Arrow", Array("ARROW1".utf8) + [0, 0]),
    ]

    static let archives = [
        FileFormSample("7z", .archiveFile, found: "7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]),
        FileFormSample("gzip", .archiveFile, found: "gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]),
        FileFormSample("zstd", .archiveFile, found: "zstd", [0x28, 0xB5, 0x2F, 0xFD, 4, 0]),
        FileFormSample("xz", .archiveFile, found: "xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0]),
        FileFormSample("lz4", .archiveFile, found: "lz4", [0x04, 0x22, 0x4D, 0x18, 0x64]),
        FileFormSample("bzip2", .archiveFile, found: "bzip2", Array("BZh91AY&SY".utf8) + [0xE2, 0]),
        FileFormSample("rar", .archiveFile, found: "rar", Array("Rar!".utf8) + [0x1A, 7, 1, 0]),
        FileFormSample("tar", .archiveFile, found: "tar", tar("model/config.json")),
        FileFormSample(
            "zip of a model", .archiveFile, found: "m/config.json",
            ZipBuilder([.init("m/config.json", "{}"), .init("m/model.safetensors", "x")]).build().bytes),
        FileFormSample(
            "empty zip", .archiveFile, found: "empty", [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)),
    ]

    /// A tar archive's first header.
    private static func tar(_ name: String) -> [UInt8] {
        let padded = Array(name.utf8) + [UInt8](repeating: 0, count: 257 - name.utf8.count)
        return padded + Array("ustar".utf8) + [UInt8](repeating: 0, count: 250)
    }

    private static func torch(adding name: String) -> [UInt8] {
        var builder = TorchBuilder.good
        builder.entries.append(.init(name, "x"))
        return builder.build().bytes
    }
}
