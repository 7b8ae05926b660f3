import SkipFiles

@testable import SkipConvert

/// Recognizes arbitrary bytes under a name that the first byte selects. From memory and from a file they are the same,
/// and a name never changes the format in which a file is read.
enum RecognitionEntry {
    private static let names = [
        "model.safetensors", "pytorch_model.bin", "router.pth", "model.pt", "last.ckpt", "model.skipgpt", "config.json",
        "tokenizer.json", "adapter_config.json", "model.gguf", "weights.npz", "model", "model.onnx", "README.md",
        "model-00001-of-00002.safetensors", "model.h5",
    ]

    static func examine(_ bytes: [UInt8]) throws {
        let name = names[Int(bytes.first ?? 0) % names.count]
        let contents = Array(bytes.dropFirst())
        try ScratchFile.with(contents, named: name) { path in
            let kind = CheckpointFileKind(fileName: name)
            let source = MemorySource(path: path, contents: contents)
            let fault = try ForeignFile.fault(source, named: kind)
            let file = try InputFile(opening: path)
            try require(try ForeignFile.fault(file, named: kind) == fault, "a file is the same as its bytes")
            try require(
                try ForeignFile.jsonFault(file) == ForeignFile.jsonFault(source), "a file is the same as its bytes")
            switch try InputRecognition.recognize(path) {
            case .tensorFile(let recognized):
                try require(recognized == kind && fault == nil, "a tensor file has the format of its name")
            case .compiledModel:
                let start = try FileStart(of: source)
                try require(start.isCompiledModel || name == "model.skipgpt", "a model has the mark or the name")
            case .package:
                let start = try FileStart(of: source)
                try require(start.isPackage || name == "model.skipz", "a package has the mark or the name")
            case .tokenizer, .configuration:
                try require(name.hasSuffix(".json"), "a JSON file has the extension")
            case .adapterDirectory, .modelDirectory:
                throw BrokenProperty(description: "a file is no directory")
            }
        }
    }
}
