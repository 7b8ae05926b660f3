import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Shards, indexes, and directories with several checkpoints. Numbers are those of `specs/hostile-inputs.md`.
@Suite struct HostileShardTests {
    private let directory: TemporaryDirectory
    private let tensors = TinyCheckpoint().model.tensors

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(TinyCheckpoint().config, to: "config.json")
    }

    /// Writes shards, and an index of the tensors. `map` may change the index.
    private func write(
        _ shards: [(name: String, tensors: ArraySlice<SafetensorsBuilder.Tensor>)], members: String = "",
        _ map: (inout [(String, String)]) -> Void = { _ in }
    ) throws {
        var entries: [(String, String)] = []
        for shard in shards {
            try directory.write(SafetensorsBuilder(Array(shard.tensors)).file, to: shard.name)
            entries += shard.tensors.map { ($0.name, shard.name) }
        }
        map(&entries)
        let pairs = entries.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", ")
        try directory.write("{\(members)\"weight_map\": {\(pairs)}}", to: "model.safetensors.index.json")
    }

    private func read() throws -> FrontEnd.Result { try FrontEnd(modelDirectory: directory.path).read() }

    private func rule(_ body: () throws -> Void = {}) throws -> InputRule? {
        try body()
        do { _ = try read() } catch let error as InputError { return error.rule }
        return nil
    }

    @Test(
        "IX-24: a shard is a plain file name",
        arguments: [
            "../x.safetensors", "/etc/passwd", "a/../../b.safetensors", "./x.safetensors", "a//b.safetensors",
            "C:\\\\x.safetensors", "..\\\\x.safetensors", "", ".", "..", "x\\u0000.safetensors", ".safetensors",
            "x.safetensors\\n", "x.bin", "x.safetensors.exe", "é.safetensors",
            String(repeating: "x", count: 4_096) + ".safetensors",
        ])
    func aShardIsAPlainName(_ name: String) throws {
        #expect(try rule { try write([("a.safetensors", tensors[...])]) { $0[3].1 = name } } == .shardName)
    }

    @Test("IX-27: a hard link is a file") func aHardLinkIsRead() throws {
        try write([("a.safetensors", tensors[...])])
        try FileManager.default.linkItem(atPath: directory.file("a.safetensors"), toPath: directory.file("b"))
        #expect(try read().files.count == 1)
    }

    @Test("IX-27: a shard that is a device or a named pipe is refused without waiting")
    func aShardIsARegularFile() throws {
        try write([("a.safetensors", tensors[...])])
        for replace in ["ln -s /dev/zero", "mkfifo", "ln -s /dev/null"] {
            try directory.remove("a.safetensors")
            let process = try Process.run(
                URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "\(replace) \(directory.file("a.safetensors"))"])
            process.waitUntilExit()
            #expect(try [.notRegularFile, .inputUnreadable].contains(rule()), "\(replace)")
        }
    }

    @Test("IX-28: a tensor in two shards is an error") func aTensorIsInOneShard() throws {
        let shards = [("a.safetensors", tensors[..<5]), ("b.safetensors", tensors[4...])]
        #expect(try rule { try write(shards) { $0.remove(at: 4) } } == .shardContents)
    }

    @Test("IX-28: a shard that the index does not name is not read") func otherShardsAreNotRead() throws {
        try write([("a.safetensors", tensors[...])])
        try directory.write([0xFF], to: "b.safetensors")
        #expect(try read().files.map(\.name) == ["a.safetensors"])
    }

    @Test("IX-29: total_size is not read", arguments: ["1", "-5", "1e400", "\"many\"", "null"])
    func totalSizeIsNotRead(_ size: String) throws {
        try write([("a.safetensors", tensors[...])], members: "\"metadata\": {\"total_size\": \(size)}, ")
        #expect(try read().files.count == 1)
    }

    @Test("IX-30: of several checkpoints the first of the documented order is read, also if it is broken")
    func theFirstCheckpointIsRead() throws {
        try directory.write(TorchBuilder.archive(of: tensors).build().bytes, to: "pytorch_model.bin")
        #expect(try read().files.map(\.name) == ["pytorch_model.bin"])
        try write([("a.safetensors", tensors[...])])
        #expect(try read().files.map(\.name) == ["a.safetensors"])
        try directory.write(SafetensorsBuilder(tensors).file, to: "model.safetensors")
        #expect(try read().files.map(\.name) == ["model.safetensors"])
        try directory.write(SafetensorsBuilder(tensors).file.dropLast(), to: "model.safetensors")
        #expect(try rule() == .safetensorsTruncated)
        try directory.remove("model.safetensors")
        try directory.write("{", to: "model.safetensors.index.json")
        #expect(try rule() == .indexSyntax)
    }

    @Test("IX-31: names that differ by case are two shards and two tensors") func caseMatters() throws {
        try write([("part.safetensors", tensors[..<5]), ("PART.safetensors", tensors[5...])])
        #expect(try read().files.map(\.name).sorted() == ["PART.safetensors", "part.safetensors"])
        var last = tensors
        last[0].name = last[0].name.uppercased()
        #expect(try rule { try write([("a.safetensors", last[...])]) } != nil)
    }

    @Test(
        "IX-28: an index is an object of file names",
        arguments: [#"[]"#, #"{"weight_map": []}"#, #"{"weight_map": {"a": 1}}"#, #"{"weight_map": {"a": null}}"#])
    func anIndexIsAnObject(_ text: String) throws {
        #expect(try rule { try directory.write(text, to: "model.safetensors.index.json") } == .indexSyntax)
    }
}
