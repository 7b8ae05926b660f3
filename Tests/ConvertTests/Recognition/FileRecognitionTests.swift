import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Files that are not what their name or the command says, wherever they are given.
@Suite struct FileRecognitionTests {
    private func fault(_ body: () throws -> Void) -> InputError? { #expect(throws: InputError.self, performing: body) }

    @Test("ZP-45, ZP-46: a file of another format is refused with its name", arguments: FileFormSample.all)
    func isRecognizedWhereverItIsGiven(_ sample: FileFormSample) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        for name in ["x.safetensors", "x.bin", "x.pth", "x"] {
            try directory.write(sample.bytes, to: name)
            let path = directory.file(name)
            var errors = [fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: path).read() }]
            errors.append(fault { _ = try FrontEnd(modelDirectory: directory.path, routerPath: path).read() })
            let adapters = [AdapterInput(path: path)]
            errors.append(fault { _ = try FrontEnd(modelDirectory: directory.path, adapters: adapters).read() })
            errors.append(fault { _ = try FrontEnd(modelDirectory: path).read() })
            if ![.compiledModel, .packedModel].contains(sample.rule) {
                errors.append(fault { _ = try InputRecognition.recognize(path) })
            }
            for error in errors {
                #expect(error?.rule == sample.rule, "\(name): \(String(describing: error))")
                #expect(error?.file == path)
                #expect(error?.found.contains(sample.found) == true || sample.found.isEmpty, "\(error?.found ?? "")")
            }
        }
        try directory.remove("model.safetensors")
        for name in ["pytorch_model.bin", "model.safetensors"] {
            try directory.write(sample.bytes, to: name)
            let error = fault { _ = try FrontEnd(modelDirectory: directory.path).read() }
            #expect(error?.rule == sample.rule, "\(name): \(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("x.safetensors", "a torch file"), ("x.bin", "a safetensors file"),
        ("x.pt", "a safetensors file"), ("x.ckpt", "a safetensors file"), ("x.dat", "a safetensors file"),
    ])
    func anExtensionThatDoesNotFitIsNamed(_ name: String, _ format: String) throws {
        let directory = try TemporaryDirectory()
        let isTorch = format == "a torch file"
        try directory.write(isTorch ? TorchBuilder.good.build().bytes : TinyCheckpoint().model.file, to: name)
        let error = fault { _ = try InputRecognition.recognize(directory.file(name)) }
        #expect(error?.rule == .fileNameMismatch && error?.found == format, "\(String(describing: error))")
    }

    /// A name alone says what a file is only if it cannot be read.
    @Test(arguments: [
        ("zero_pp_rank_0_mp_rank_00_optim_states.pt", InputRule.deepSpeedShards),
        ("mp_rank_00_model_states.pt", .deepSpeedShards), ("model_optim_rng.pt", .megatronShards),
        ("openvino_model.bin", .deployedModel), ("ggml-model-q4_0.bin", .ggmlFile),
        ("__0_0.distcp", .distributedShards), ("model.safetensors.part", .partialDownload),
        ("model.bin.crdownload", .partialDownload), ("a.incomplete", .partialDownload), ("model.onnx", .onnxFile),
        ("model.ckpt.index", .tensorFlowFile), ("model.ckpt.data-00000-of-00001", .tensorFlowFile),
        ("rank0.engine", .deployedModel), ("m.nemo", .nemoFile),
    ])
    func aNameExplainsAFileThatCannotBeRead(_ name: String, _ rule: InputRule) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write([0xC1, 0xC2, 0xC3, 0xC4], to: name)
        let path = directory.file(name)
        let error = fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: path).read() }
        #expect(error?.rule == rule, "\(String(describing: error))")
        guard name.hasSuffix(".pt") || name.hasSuffix(".bin") else { return }
        try directory.write(TorchBuilder.archive(of: TinyCheckpoint().model.tensors).build().bytes, to: name)
        _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: path).read()
    }

    @Test(arguments: ["config.json", "adapter_config.json"])
    func aConfigurationThatWasNotDownloadedIsNamed(_ name: String) throws {
        for sample in FileFormSample.downloads where sample.rule != .textFile {
            let directory = try TemporaryDirectory()
            try TinyCheckpoint().write(to: directory)
            try TinyAdapter().write(to: directory, "lora")
            try directory.write(sample.bytes, to: name == "config.json" ? name : "lora/" + name)
            let adapters = [AdapterInput(path: directory.file("lora"))]
            let error = fault { _ = try FrontEnd(modelDirectory: directory.path, adapters: adapters).read() }
            #expect(error?.rule == sample.rule, "\(sample.name): \(String(describing: error))")
        }
    }

    // MARK: What must be read as before

    /// The length of a header may look like the signature of another format.
    @Test(
        "ST-23: the length of a header may look like the signature of another format",
        arguments: [0x0280, 0x8B1F, 0x4B50, 0x5A42, 0x3C3C, 0x0808, 0x7B7B, 0x2020])
    func aHeaderOfAnyLengthIsRead(_ length: Int) throws {
        let directory = try TemporaryDirectory()
        let model = TinyCheckpoint().model
        let header = Array(model.headerText.utf8)
        let count = length < header.count ? length + 0x10000 : length
        let padded = header + [UInt8](repeating: 0x20, count: count - header.count)
        try directory.write(TinyCheckpoint().config, to: "config.json")
        try directory.write(SafetensorsBuilder.file(header: padded, data: model.data), to: "model.safetensors")
        _ = try FrontEnd(modelDirectory: directory.path).read()
        #expect(
            try InputRecognition.recognize(directory.file("model.safetensors")) == .tensorFile(.safetensors))
    }

    @Test func supportedInputsAreRecognized() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        try directory.write(TorchBuilder.good.build().bytes, to: "w.pt")
        try directory.write("{}", to: "tokenizer.json")
        try directory.write([0x89] + Array("SKIPGPT\r\n".utf8) + [0x1A, 0x0A], to: "named-otherwise")
        try directory.write([0xFF], to: "damaged.skipgpt")
        for (name, expected) in [
            ("model.safetensors", RecognizedInput.tensorFile(.safetensors)), ("w.pt", .tensorFile(.torch)),
            ("routers.safetensors", .tensorFile(.safetensors)), ("lora", .adapterDirectory), ("", .modelDirectory),
            ("lora/adapter_model.safetensors", .tensorFile(.safetensors)), ("tokenizer.json", .tokenizer),
            ("config.json", .configuration), ("lora/adapter_config.json", .configuration),
            ("named-otherwise", .compiledModel), ("damaged.skipgpt", .compiledModel),
        ] {
            #expect(try InputRecognition.recognize(directory.file(name)) == expected, "\(name)")
        }
    }

    // MARK: Hostile files

    @Test func noFileMakesTheRecognitionTrap() throws {
        var random = SplitMix64(seed: 3)
        for sample in FileFormSample.all where sample.bytes.count < 5_000 {
            // Every length of the part that magic bytes and fields are in, and a sample of the others.
            for count in 0...sample.bytes.count where count < 300 || count % 5 == 0 {
                var bytes = Array(sample.bytes.prefix(count))
                if !bytes.isEmpty, count % 2 == 1 { bytes[Int(random.next() % UInt64(bytes.count))] ^= 0x81 }
                for kind: CheckpointFileKind? in [.safetensors, .torch, nil] {
                    _ = try ForeignFile.fault(MemorySource(path: "x", contents: bytes), named: kind)
                }
            }
        }
    }

    /// Every field of a zip archive's end may hold any number.
    @Test func noZipDirectoryMakesTheRecognitionTrap() throws {
        let good = TorchBuilder.good.build()
        for position in good.centralHeaders[0]..<good.bytes.count {
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var archive = good
                archive.patch(position, [value])
                _ = try ForeignFile.fault(MemorySource(path: "x.pt", contents: archive.bytes), named: .torch)
                archive.patch(good.endRecord + 12, [255, 255, 255, 255])
                _ = try ForeignFile.fault(MemorySource(path: "x.pt", contents: archive.bytes), named: .torch)
            }
        }
    }
}
