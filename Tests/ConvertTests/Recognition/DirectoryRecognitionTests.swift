import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Directories that hold no model or no adapter.
@Suite struct DirectoryRecognitionTests {
    private func fault(_ body: () throws -> Void) -> InputError? { #expect(throws: InputError.self, performing: body) }

    @Test(arguments: DirectoryFormSample.all)
    func isRecognized(_ sample: DirectoryFormSample) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let given = try TemporaryDirectory()
        try sample.write(to: given)
        if sample.use != .adapter {
            // The configuration of a directory that has one is valid.
            if sample.paths.contains("config.json") { try given.write(TinyCheckpoint().config, to: "config.json") }
            var errors = [fault { _ = try FrontEnd(modelDirectory: given.path).read() }]
            if sample.rule != .adapterAsModel {
                errors.append(fault { _ = try InputRecognition.recognize(given.path) })
            }
            for error in errors {
                #expect(error?.rule == sample.rule, "\(String(describing: error))")
                #expect(error?.file == given.path)
                #expect(sample.found.isEmpty || error?.found.contains(sample.found) == true, "\(error?.found ?? "")")
            }
        }
        if sample.use != .model {
            let error = fault {
                _ = try FrontEnd(modelDirectory: directory.path, adapters: [AdapterInput(path: given.path)]).read()
            }
            #expect(error?.rule == sample.rule, "\(String(describing: error))")
        }
    }

    @Test func anAdapterConfigurationOfMLXIsRecognized() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "{\"fine_tune_type\": \"dora\", \"lora_parameters\": {\"rank\": 8}}", to: "adapter_config.json")
        let error = fault { _ = try AdapterPaths(directory.path) }
        #expect(error?.rule == .mlxAdapter && error?.found == "adapter_config.json")
    }

    @Test func aFileInPlaceOfTheDirectoryIsNamed() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let error = fault { _ = try FrontEnd(modelDirectory: directory.file("model.safetensors")).read() }
        #expect(error?.rule == .fileAsDirectory)
        let missing = fault { _ = try FrontEnd(modelDirectory: directory.file("nothing")).read() }
        #expect(missing?.rule == .inputUnreadable)
    }

    /// Other files in a model's directory do not matter, whatever they are.
    @Test func aModelIsReadBesideAnything() throws {
        let directory = try TemporaryDirectory()
        for sample in DirectoryFormSample.all {
            for path in sample.paths where !path.hasPrefix("model.safetensors") && !path.hasPrefix("adapter") {
                if let slash = path.lastIndex(of: "/") { try directory.makeDirectory(String(path[..<slash])) }
                if !path.hasSuffix("/") { try directory.write([0xC1], to: path) }
            }
        }
        try TinyCheckpoint().write(to: directory)
        _ = try FrontEnd(modelDirectory: directory.path).read()
        #expect(try InputRecognition.recognize(directory.path) == .modelDirectory)
    }

    @Test(arguments: ["config.json", "model.safetensors", "lora/adapter_config.json", "lora/adapter_model.safetensors"])
    func aLinkWithoutATargetIsNamed(_ name: String) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        try directory.remove(name)
        try FileManager.default.createSymbolicLink(
            atPath: directory.file(name), withDestinationPath: "../../blobs/0123")
        let adapters = [AdapterInput(path: directory.file("lora"))]
        let error = fault { _ = try FrontEnd(modelDirectory: directory.path, adapters: adapters).read() }
        #expect(error?.rule == .brokenLink && name.hasSuffix(error?.found ?? "-"), "\(String(describing: error))")
    }

    @Test func aFileThatDescribesAQuantizationIsReadIfNoWeightsAreFound() throws {
        let directory = try TemporaryDirectory()
        try directory.write(TinyCheckpoint().config, to: "config.json")
        try directory.write("{\"bits\": 4, \"group_size\": 128}", to: "quantize_config.json")
        try directory.write([0xC1], to: "gptq_model-4bit-128g.safetensors")
        let error = fault { _ = try FrontEnd(modelDirectory: directory.path).read() }
        #expect(error?.rule == .quantizedCheckpoint && error?.found == "GPTQ, 4 bits, groups of 128")
    }

    @Test func aDirectoryInPlaceOfAFileIsNamed() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.makeDirectory("run/global_step5")
        for (path, rule) in [("run", InputRule.deepSpeedShards), ("", .notRegularFile)] {
            let checkpoint = directory.file(path)
            let error = fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: checkpoint).read() }
            #expect(error?.rule == rule, "\(String(describing: error))")
        }
    }

    @Test func aListingIsBounded() throws {
        let directory = try TemporaryDirectory()
        for index in 0..<5 { try directory.write([], to: "\(index)") }
        #expect(try DirectoryListing.names(in: directory.path, limit: 3).count == 3)
    }

    @Test func everyFormHasATest() {
        let recognized = Set(
            FileFormSample.all.map(\.rule) + DirectoryFormSample.all.map(\.rule)
                // `FileRecognitionTests`, `TensorNameRecognitionTests` and above.
                + [
                    .fileNameMismatch, .fileAsDirectory, .brokenLink, .emptyTensors, .foreignAdapter, .routersOnly,
                    .singleShard,
                ])
        for rule in InputRule.allCases where rule.rawValue.hasPrefix("FM-") {
            #expect(recognized.contains(rule), "\(rule.rawValue)")
        }
    }
}
