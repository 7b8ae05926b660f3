import Foundation
import TestSupport
import Testing

/// The program with torch files instead of safetensors.
@Suite struct TorchInputTests {
    private func convert(_ directory: TemporaryDirectory, _ arguments: [String], to name: String) throws -> ToolProcess
    {
        try ToolProcess.run("skipc", ["convert", directory.path, "-o", directory.file(name)] + arguments)
    }

    /// Hashes of all sections except the one that records the inputs.
    private func sections(_ path: String) throws -> [String: String] {
        let report = try ToolProcess.run("skipc", ["inspect", path, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output)) as? [String: Any]
        var hashes: [String: String] = [:]
        for (index, section) in (object?["sections"] as? [[String: Any]] ?? []).enumerated() {
            let name = section["name"] as? String ?? ""
            if name != "provenance" { hashes["\(index) \(name)"] = section["rootHash"] as? String }
        }
        return hashes
    }

    /// The tiny checkpoint in safetensors, converted to `reference.skipgpt`.
    private func reference(in directory: TemporaryDirectory) throws -> [String: String] {
        try TinyCheckpoint().write(to: directory)
        let routers = ["--router", directory.file("routers.safetensors")]
        #expect(try convert(directory, routers, to: "reference.skipgpt").status == 0)
        let sections = try sections(directory.file("reference.skipgpt"))
        #expect(sections.count == 12)
        return sections
    }

    @Test func torchFilesGiveTheModelThatSafetensorsGive() throws {
        let directory = try TemporaryDirectory()
        let expected = try reference(in: directory)
        let tiny = TinyCheckpoint()
        try FileManager.default.removeItem(atPath: directory.file("model.safetensors"))
        try directory.write(TorchBuilder.archive(of: tiny.model.tensors).build().bytes, to: "pytorch_model.bin")
        try directory.write(TorchBuilder.archive(of: tiny.routers.tensors).build().bytes, to: "router.pth")
        let result = try convert(directory, ["--router", directory.file("router.pth")], to: "torch.skipgpt")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try sections(directory.file("torch.skipgpt")) == expected)
    }

    @Test func shardsOfTorchFilesAreOneCheckpoint() throws {
        let directory = try TemporaryDirectory()
        let expected = try reference(in: directory)
        let tensors = TinyCheckpoint().model.tensors
        try FileManager.default.removeItem(atPath: directory.file("model.safetensors"))
        var weightMap: [String: String] = [:]
        for (part, name) in ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"].enumerated() {
            let shard = tensors.enumerated().filter { $0.offset % 2 == part }.map(\.element)
            for tensor in shard { weightMap[tensor.name] = name }
            try directory.write(TorchBuilder.archive(of: shard).build().bytes, to: name)
        }
        let index = try JSONSerialization.data(withJSONObject: ["metadata": [:], "weight_map": weightMap])
        try directory.write([UInt8](index), to: "pytorch_model.bin.index.json")
        let routers = ["--router", directory.file("routers.safetensors")]
        let result = try convert(directory, routers, to: "torch.skipgpt")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try sections(directory.file("torch.skipgpt")) == expected)
    }

    @Test func compressedRecordsGiveTheSameModel() throws {
        let directory = try TemporaryDirectory()
        let expected = try reference(in: directory)
        let tiny = TinyCheckpoint()
        var archive = TorchBuilder.archive(of: tiny.model.tensors + tiny.routers.tensors)
        for index in archive.entries.indices { archive.entries[index].method = 8 }
        try directory.write(archive.build().bytes, to: "model.pth")
        let result = try convert(directory, ["--checkpoint", directory.file("model.pth")], to: "torch.skipgpt")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try sections(directory.file("torch.skipgpt")) == expected)
    }

    @Test("ZP-38: a wrong checksum is refused unless it is allowed") func aWrongChecksumIsRefusedUnlessAllowed() throws
    {
        let directory = try TemporaryDirectory()
        let expected = try reference(in: directory)
        try FileManager.default.removeItem(atPath: directory.file("model.safetensors"))
        var archive = TorchBuilder.archive(of: TinyCheckpoint().model.tensors).build()
        archive.patch(archive.dataEnds[6] + 4, [0, 0, 0, 0])
        archive.patch(archive.centralHeaders[6] + 16, [0, 0, 0, 0])
        try directory.write(archive.bytes, to: "pytorch_model.bin")
        let routers = ["--router", directory.file("routers.safetensors")]

        let refused = try convert(directory, routers, to: "torch.skipgpt")
        #expect(refused.status == 3)
        #expect(refused.errors.contains("error[ZP-38]"), "\(refused.errors)")
        #expect(refused.errors.contains("byte \(archive.data[6]) "), "\(refused.errors)")
        #expect(!directory.contents.contains("torch.skipgpt"))
        // A dry run reads only headers, so that it does not know the checksum.
        #expect(try convert(directory, routers + ["--dry-run"], to: "torch.skipgpt").status == 0)

        let allowed = try convert(directory, routers + ["--allow-bad-crc"], to: "torch.skipgpt")
        #expect(allowed.status == 0, "\(allowed.errors)")
        #expect(try sections(directory.file("torch.skipgpt")) == expected)
    }

    @Test func inspectListsWhatATorchFileHolds() throws {
        let path = RepositoryPaths.fixture("torch/views-deflated.pth")
        let result = try ToolProcess.run("skipc", ["inspect", path])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.outputText.contains(": 10 tensors, "))
        #expect(result.outputText.contains("transposed       F32 [18, 24] strides [1, 18] compressed\n"))
        let parameters = RepositoryPaths.fixture("torch/parameters.pth")
        #expect(
            try ToolProcess.run("skipc", ["inspect", parameters]).outputText.contains("  (step: it is not a tensor)\n"))
    }

    /// The records of a file with two state dicts, of which the first is the tiny model and the second one tensor.
    private func twoStateDicts() -> ZipBuilder {
        let tensors = TinyCheckpoint().model.tensors
        let items = tensors.enumerated().map { index, tensor -> (String, [UInt8]) in
            let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
            let storage = Pickle.storage("\(index)", count: tensor.bytes.count / 4)
            return (tensor.name, Pickle.tensor(storage: storage, size: tensor.shape, strides: strides))
        }
        let arguments = Pickle.global("argparse", "Namespace") + Pickle.emptyTuple + Pickle.newObject
        let pickle = Pickle.dict([
            ("run", Pickle.dict([("model", Pickle.dict(items)), ("ema", Pickle.dict(Array(items.prefix(1))))])),
            ("args", arguments + Pickle.emptyDict + Pickle.build),
        ])
        return TorchBuilder.archive(pickle: pickle, storages: tensors.map(\.bytes))
    }

    @Test func aKeyChoosesOneOfTwoStateDicts() throws {
        let directory = try TemporaryDirectory()
        let expected = try reference(in: directory)
        let path = directory.file("last.ckpt")
        try directory.write(twoStateDicts().build().bytes, to: "last.ckpt")
        let inputs = ["--checkpoint", path, "--router", directory.file("routers.safetensors")]
        let refused = try convert(directory, inputs, to: "torch.skipgpt")
        #expect(refused.status == 3)
        let count = TinyCheckpoint().model.tensors.count
        let choices = "\"run.model\" (\(count) tensors), \"run.ema\" (1 tensor)"
        #expect(refused.errors.contains("error[PK-63]") && refused.errors.contains(choices), "\(refused.errors)")

        let chosen = try convert(directory, inputs + ["--state-dict", "run.model"], to: "torch.skipgpt")
        #expect(chosen.status == 0, "\(chosen.errors)")
        #expect(
            chosen.errors.contains("left out args") && chosen.errors.contains("left out run.ema"), "\(chosen.errors)")
        #expect(try sections(directory.file("torch.skipgpt")) == expected)

        let report = try ToolProcess.run("skipc", ["inspect", path])
        #expect(
            report.outputText.contains("  run.model: \(count) tensors\n  run.ema: 1 tensor\n"), "\(report.outputText)")
        let json = try JSONSerialization.jsonObject(
            with: Data(try ToolProcess.run("skipc", ["inspect", path, "--json"]).output))
        let listed = (json as? [String: Any])?["stateDictionaries"] as? [[String: Any]]
        #expect(listed?.map { $0["key"] as? String } == ["run.model", "run.ema"])
    }

    /// The key belongs to the checkpoint's torch file, or to that of the routers, or it is an error.
    @Test func aKeyWithoutATorchFileIsRefused() throws {
        let directory = try TemporaryDirectory()
        _ = try reference(in: directory)
        let key = ["--dry-run", "--state-dict", "model"]
        let routers = ["--router", directory.file("routers.safetensors")]
        for options in [routers + key, key] {
            let result = try convert(directory, options, to: "x.skipgpt")
            #expect(result.status == 3)
            #expect(result.errors.contains("error[PK-63K]"), "\(result.errors)")
        }
        let tensors = TinyCheckpoint().routers.tensors
        try directory.write(TorchBuilder.archive(of: tensors).build().bytes, to: "router.pth")
        let result = try convert(directory, ["--router", directory.file("router.pth")] + key, to: "x.skipgpt")
        #expect(result.errors.contains("needed one of \".\" (\(tensors.count) tensors)"), "\(result.errors)")
    }

    /// An unpickler would run the command before it finds that the rest is broken.
    @Test("PK-68: a command in a pickle is not run") func aCommandInAPickleIsNotRun() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let marker = directory.file("was-run")
        let pickle =
            Pickle.global("os", "system") + Pickle.string("touch \(marker)") + [0x85] + Pickle.reduce + [0xFF]
        try directory.write(TorchBuilder.archive(pickle: pickle).build().bytes, to: "router.pth")
        let result = try convert(directory, ["--router", directory.file("router.pth")], to: "out.skipgpt")
        #expect(result.status == 3)
        #expect(result.errors.contains("error[PK-49]") && result.errors.contains("os system"), "\(result.errors)")
        #expect(!directory.contents.contains("was-run") && !directory.contents.contains("out.skipgpt"))
    }

    /// torch writes 0 for every checksum if checksums are switched off.
    @Test func checksumsOfZeroAreNoneIfAllowed() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        var archive = TorchBuilder.archive(of: TinyCheckpoint().routers.tensors).build()
        for (end, central) in zip(archive.dataEnds, archive.centralHeaders) {
            archive.patch(end + 4, [0, 0, 0, 0])
            archive.patch(central + 16, [0, 0, 0, 0])
        }
        try directory.write(archive.bytes, to: "router.pth")
        let router = ["--router", directory.file("router.pth")]
        #expect(try convert(directory, router, to: "a.skipgpt").status == 3)
        #expect(try convert(directory, router + ["--allow-bad-crc"], to: "a.skipgpt").status == 0)
    }
}
