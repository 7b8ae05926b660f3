import Foundation
import TestSupport
import Testing

/// Paths that lose or leak data. Numbers are those of `specs/hostile-inputs.md`.
@Suite struct HostilePathTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
    }

    private func run(_ arguments: [String], through script: String? = nil) throws -> ToolProcess {
        try ToolProcess.run(
            "skipc", arguments.map { $0.replacingOccurrences(of: "DIR", with: directory.path) }, through: script)
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory.file(name)))
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: directory.file(name), withDestinationPath: target)
    }

    private func convert() throws {
        let result = try run(["convert", "DIR", "--router", "DIR/routers.safetensors", "-o", "DIR/m.skipgpt"])
        try #require(result.status == 0, "\(result.errors)")
    }

    @Test(
        "SY-117: an output that is an input is refused, whatever its name",
        arguments: [
            "convert DIR -o DIR/model.safetensors", "convert DIR -o DIR/hard-model", "convert DIR -o DIR/config.json",
            "convert DIR --router DIR/routers.safetensors -o DIR/routers.safetensors",
            "convert DIR --lora DIR/lora -o DIR/lora/adapter_config.json",
            "convert DIR --lora DIR/lora/adapter_model.safetensors -o DIR/lora/adapter_config.json",
            "quantize DIR/m.skipgpt -o DIR/m.skipgpt", "quantize DIR/m.skipgpt -o DIR/hard-file",
            "dequantize DIR/int8.skipgpt -o DIR/int8.skipgpt",
            "trace DIR/m.skipgpt --ids DIR/ids.json -o DIR/m.skipgpt",
            "trace DIR/m.skipgpt --ids DIR/ids.json -o DIR/ids.json", "merge DIR --lora DIR/lora -o DIR/lora",
        ])
    func anInputIsNotReplaced(_ command: String) throws {
        try convert()
        try directory.write("[1, 2]", to: "ids.json")
        if command.contains("int8") {
            try #require(run(["quantize", "DIR/m.skipgpt", "-o", "DIR/int8.skipgpt"]).status == 0)
        }
        for (name, target) in [("hard-model", "model.safetensors"), ("hard-file", "m.skipgpt")] {
            try FileManager.default.linkItem(atPath: directory.file(target), toPath: directory.file(name))
        }
        func contents() throws -> [String: Data] {
            let names = directory.contents.filter { $0 != "lora" } + ["lora/adapter_config.json"]
            return try Dictionary(uniqueKeysWithValues: names.map { ($0, try bytes($0)) })
        }
        let before = try contents()
        let result = try run(command.split(separator: " ").map(String.init) + ["--force"])
        #expect(result.status == 2)
        #expect(result.errors.contains("the output is one of the inputs"), "\(result.errors)")
        #expect(try contents() == before)
    }

    @Test("SY-117: an earlier output in the model directory is not an input")
    func anEarlierOutputIsReplaced() throws {
        try convert()
        let result = try run(["convert", "DIR", "-o", "DIR/m.skipgpt", "--force"])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test(
        "IX-25: a link that leaves the model directory is not copied",
        arguments: [
            "README.txt", "model.safetensors", "config.json",
        ])
    func aLinkThatLeavesIsRefused(_ name: String) throws {
        let outside = try TemporaryDirectory()
        try TinyCheckpoint().write(to: outside)
        try outside.write("a private file", to: "README.txt")
        try? directory.remove(name)
        try link(name, to: outside.file(name))
        let arguments = ["merge", "DIR", "--lora", "DIR/lora", "-o", "DIR/merged"]
        let refused = try run(arguments)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("error[IX-25]: \(directory.file(name)): "), "\(refused.errors)")
        #expect(!directory.contents.contains("merged"))
        #expect(try run(arguments + ["--follow-symlinks"]).status == 0)
    }

    @Test("IX-25: links inside the directory and to the blobs of its cache are followed")
    func linksInsideAreFollowed() throws {
        let cache = directory.path + "/models--me--tiny"
        let snapshot = cache + "/snapshots/0123"
        for path in [snapshot, cache + "/blobs"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try directory.write("text", to: "models--me--tiny/blobs/text")
        for name in ["config.json", "model.safetensors"] {
            try FileManager.default.moveItem(atPath: directory.file(name), toPath: cache + "/blobs/" + name)
            try link("models--me--tiny/snapshots/0123/" + name, to: "../../blobs/" + name)
        }
        try link("models--me--tiny/snapshots/0123/README.md", to: "../../blobs/text")
        try link("models--me--tiny/snapshots/0123/NOTES.md", to: "README.md")
        let result = try run(["merge", snapshot, "--lora", "DIR/lora", "-o", "DIR/merged"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try bytes("merged/NOTES.md") == Data("text".utf8))
        // The blobs of another model are not this model's.
        try link("models--me--tiny/snapshots/0123/OTHER.md", to: "../../../lora/adapter_config.json")
        #expect(try run(["merge", snapshot, "--lora", "DIR/lora", "-o", "DIR/again"]).status == 3)
    }

    @Test(
        "IX-30: a file that cannot be reached is an error, not an absent file",
        arguments: [
            "model.safetensors", "tokenizer.json", "generation_config.json", "model.safetensors.index.json",
            "lora/adapter_model.safetensors",
        ])
    func unreachableIsNotAbsent(_ name: String) throws {
        try? directory.remove(name)
        if name.contains("index") { try directory.remove("model.safetensors") }
        try link(name, to: "gone")
        let result = try run(["convert", "DIR", "--lora", "DIR/lora", "-o", "DIR/m.skipgpt"])
        #expect(result.status == 4)
        #expect(
            result.errors.contains("\(directory.file(name)): a link to a file that does not exist"), "\(result.errors)")
        #expect(!directory.contents.contains("m.skipgpt"))
    }

    @Test("SY-118: a sparse file larger than the disk is refused before anything is written")
    func aSparseCompanionIsRefused() throws {
        try directory.write("", to: "notes.txt")
        try directory.resize("notes.txt", to: 1 << 43)
        let result = try run(["merge", "DIR", "--lora", "DIR/lora", "-o", "DIR/merged"])
        #expect(result.status == 4)
        #expect(result.errors.contains("too little free space"), "\(result.errors)")
        #expect(!directory.contents.contains { $0.contains("merged") })
    }

    @Test("SY-118: the command line does not come from /proc")
    func worksWithoutProc() throws {
        let script = #"exec unshare -rm bash -c 'umount -l /proc && exec "$0" "$@"' "$0" "$@""#
        let probe = try run(["--version"], through: "exec unshare -rm umount -l /proc")
        // Containers may not be allowed to unmount.
        if probe.status != 0 { return }
        let result = try run(["validate", "DIR/config.json"], through: script)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.outputText.contains("config.json: bad"))
    }

    @Test("SY-118: help that cannot be written is an error", arguments: ["--help", "--version", "convert --help"])
    func helpIsOutput(_ arguments: String) throws {
        let words = arguments.split(separator: " ").map(String.init)
        for script in [#""$0" "$@" >/dev/full"#, #""$0" "$@" >&-"#] {
            let result = try run(words, through: script)
            #expect(result.status == 4)
            #expect(result.errors.contains("standard output: cannot write"), "\(result.errors)")
        }
    }

    @Test("SY-118: a closed standard stream is not the descriptor of a file")
    func closedStreamsAreNotReused() throws {
        let script = #""$0" "$@" <&- >&- 2>&-"#
        let result = try run(
            ["convert", "DIR", "--router", "DIR/routers.safetensors", "-o", "DIR/closed.skipgpt"], through: script)
        #expect(result.status == 4)
        try convert()
        #expect(try bytes("closed.skipgpt") == bytes("m.skipgpt"))
    }

    @Test(
        "ST-22: names from the command line are escaped",
        arguments: [
            "inspect NAME", "convert NAME -o x", "convert DIR -o DIR/NAME/x", "run DIR/m.skipgpt -p x NAME", "NAME",
            "parity DIR/m.skipgpt DIR/m.skipgpt --ids NAME", "merge DIR --lora NAME -o DIR/x",
            "convert DIR --outtype NAME",
        ])
    func namesAreEscaped(_ command: String) throws {
        try convert()
        let words = command.split(separator: " ").map {
            $0.replacingOccurrences(of: "NAME", with: "a\u{1B}[31m\u{202E}b")
        }
        let result = try run(words)
        #expect([2, 3, 4].contains(result.status))
        #expect(result.errors.contains(#"a\x1b[31m\xe2\x80\xaeb"#), "\(result.errors)")
        #expect(!result.errors.contains("\u{1B}") && !result.errors.contains("\u{202E}"))
    }

    @Test(
        "SY-118: positions beyond the model's last are refused",
        arguments: [
            "bench M -p 65 -n 0", "bench M -n 65 -p 0", "trace M --ids IDS -o DIR/t", "parity M M --ids IDS --ctx 65",
            "perplexity M --ids IDS --ctx 65", "bench M -p 9223372036854775807", "bench M -n 9223372036854775807",
            "bench M -r 9223372036854775807", "bench M -p 2147483647 -n 2147483647",
            "perplexity M --ids IDS --windows=-1",
            "parity M M --ids IDS --windows=-1", "parity M M --ids IDS --ctx 9223372036854775807",
        ])
    func tooManyPositions(_ command: String) throws {
        try convert()
        try directory.write("[\((0..<65).map { "\($0 % 16)" }.joined(separator: ", "))]", to: "ids.json")
        let words = command.split(separator: " ").map { word in
            ["M": "DIR/m.skipgpt", "IDS": "DIR/ids.json"][word] ?? String(word)
        }
        let result = try run(words)
        #expect(result.status == 2 && !result.wasKilled, "\(result.errors)")
        #expect(!directory.contents.contains("t"))
    }

    @Test("SY-118: windows of the default length fit any model")
    func defaultWindowsFit() throws {
        try convert()
        try directory.write("[\((0..<65).map { "\($0 % 16)" }.joined(separator: ", "))]", to: "ids.json")
        for command in ["perplexity DIR/m.skipgpt", "parity DIR/m.skipgpt DIR/m.skipgpt"] {
            let result = try run(command.split(separator: " ").map(String.init) + ["--ids", "DIR/ids.json"])
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test("IX-32: any number of shards needs few descriptors")
    func manyShards() throws {
        let tensors = TinyCheckpoint().model.tensors
        try directory.remove("model.safetensors")
        var map: [String] = []
        for (index, tensor) in tensors.enumerated() {
            try directory.write(SafetensorsBuilder([tensor]).file, to: "part-\(index).safetensors")
            map.append("\"\(tensor.name)\": \"part-\(index).safetensors\"")
        }
        try directory.write(
            "{\"weight_map\": {\(map.joined(separator: ", "))}}", to: "model.safetensors.index.json")
        let arguments = ["convert", "DIR", "--router", "DIR/routers.safetensors", "-o", "DIR/few.skipgpt"]
        let few = try run(arguments, through: #"ulimit -n 16; exec "$0" "$@""#)
        #expect(few.status == 0, "\(few.errors)")
        let many = try run(arguments.dropLast() + ["DIR/many.skipgpt"])
        #expect(many.status == 0, "\(many.errors)")
        #expect(try bytes("few.skipgpt") == bytes("many.skipgpt"))
    }
}
