import Foundation
import TestSupport
import Testing

/// `.skipgpt` files that are no files or no models, names that are escape sequences, and outputs that end early. Numbers
/// are those of `specs/hostile-inputs.md`.
@Suite struct HostileModelFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
    }

    private func run(
        _ program: String = "skipc", _ arguments: String, through script: String? = nil
    ) throws -> ToolProcess {
        let words = arguments.split(separator: " ").map { $0.replacingOccurrences(of: "DIR", with: directory.path) }
        return try ToolProcess.run(program, words, through: script)
    }

    private func convert(_ options: String = "", to name: String = "m.skipgpt") throws -> [UInt8] {
        let result = try run("skipc", "convert DIR -o DIR/\(name) \(options)")
        try #require(result.status == 0, "\(result.errors)")
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.file(name))))
    }

    @Test("SK-107: validate has the verdict bad, and the programs that run a model refuse it, also what is no file")
    func whatIsNoModelIsRefused() throws {
        let good = try convert()
        let files: [(String, [UInt8])] = [
            ("cut", good.dropLast()), ("header", Array(good.prefix(4_096))), ("byte", good + [0]),
            ("page", good + [UInt8](repeating: 0, count: 4_096)), ("none", []),
        ]
        for (name, bytes) in files { try directory.write(bytes, to: name + ".skipgpt") }
        try directory.makeDirectory("folder.skipgpt")
        for path in files.map({ "DIR/\($0.0).skipgpt" }) + ["DIR/folder.skipgpt", "/dev/zero"] {
            let verdict = try run("skipc", "validate \(path)")
            #expect(verdict.status == 1 && !verdict.wasKilled, "\(path): \(verdict.errors)")
            let result = try run("skiprun", "\(path) -p x")
            #expect(result.status == 3 && !result.wasKilled, "\(path): \(result.errors)")
        }
    }

    @Test("SK-111: a sparse terabyte is refused at once", arguments: ["m.skipgpt", "x.safetensors", "x.pth"])
    func aTerabyteIsRefusedByItsHeader(_ name: String) throws {
        if name == "m.skipgpt" { _ = try convert() } else { try directory.write(TinyCheckpoint().model.file, to: name) }
        try directory.resize(name, to: 1 << 40)
        let started = ContinuousClock.now
        let result = try run("skipc", "inspect DIR/\(name)")
        #expect(result.status != 0 && !result.wasKilled, "\(result.outputText)")
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test("SK-111: names of tensors are escaped in what inspect prints") func namesAreEscaped() throws {
        let tensor = SafetensorsBuilder.float32("a\\u001b[31m\\u202e", [1], [1])
        try directory.write(SafetensorsBuilder([tensor]).file, to: "x.safetensors")
        let result = try run("skipc", "inspect DIR/x.safetensors")
        #expect(result.status == 0 && result.outputText.contains(#"a\x1b[31m\xe2\x80\xae"#), "\(result.outputText)")
        #expect(!result.outputText.contains("\u{1B}"))
    }

    @Test("SK-112: a closed pipe ends the program by SIGPIPE, and a full disk is an error")
    func aPipeMayEnd() throws {
        _ = try convert()
        // The reader ends before the program starts to write.
        let script = #"{ sleep 0.2; "$0" "$@"; echo $? >&2; } | :"#
        for arguments in ["inspect DIR/m.skipgpt --tensors", "validate DIR/m.skipgpt", "--help"] {
            let result = try run("skipc", arguments, through: script)
            #expect(result.errors.hasSuffix("141\n"), "\(result.errors)")
        }
        let full = try run("skipc", "validate DIR/m.skipgpt", through: #"exec "$0" "$@" >/dev/full"#)
        #expect(full.status == 4 && full.errors.contains("cannot write"), "\(full.errors)")
    }

    @Test("TK-88: a template is hashed and never evaluated, and an odd configuration of the tokenizer is ignored")
    func templatesAreNotEvaluated() throws {
        _ = try convert("--router DIR/routers.safetensors")
        let payload = "{{ ''.__class__.__mro__[1].__subclasses__() }}{% for x in range(10**9) %}{% endfor %}"
        try directory.write(payload, to: "chat_template.jinja")
        try directory.write(
            "{\"chat_template\": \"" + payload + String(repeating: "x", count: 1 << 20), to: "tokenizer_config.json")
        _ = try convert("--router DIR/routers.safetensors", to: "n.skipgpt")
        let difference = try run("skipc", "diff DIR/m.skipgpt DIR/n.skipgpt --ignore-provenance")
        #expect(difference.status == 0, "\(difference.outputText)")
        let report = try run("skipc", "inspect DIR/n.skipgpt").outputText
        #expect(report.contains("chat-template") && !report.contains("__class__"), "\(report)")
    }

    @Test(
        "NU-98: without --json and with it, weights that are not finite are an error of the file",
        arguments: [false, true])
    func weightsThatAreNotFinite(_ json: Bool) throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.change("model.norm.weight") { $0.bytes.replaceSubrange(4..<8, with: [0, 0, 0x80, 0xFF]) }
        try checkpoint.write(to: directory)
        let result = try run("skipc", "convert DIR -o DIR/m.skipgpt" + (json ? " --json" : ""))
        #expect(result.status == 3 && result.errors.contains("error[NU-98]"), "\(result.errors)")
        #expect(!directory.contents.contains("m.skipgpt"))
    }

    @Test("LR-95: an adapter in bfloat16 is merged like the same numbers in float32") func adapterTypes() throws {
        var adapter = TinyAdapter()
        for index in adapter.model.tensors.indices {
            let count = adapter.model.tensors[index].bytes.count / 4
            let upper: [UInt8] = (0..<count).flatMap { [UInt8(truncatingIfNeeded: $0 * 37), UInt8(0x3E)] }
            adapter.model.tensors[index].bytes = (0..<count).flatMap { [0, 0] + upper[2 * $0..<2 * $0 + 2] }
        }
        try adapter.write(to: directory, "wide")
        for index in adapter.model.tensors.indices {
            let bytes = adapter.model.tensors[index].bytes
            adapter.model.tensors[index].dtype = "BF16"
            adapter.model.tensors[index].bytes = bytes.indices.filter { $0 % 4 > 1 }.map { bytes[$0] }
        }
        try adapter.write(to: directory, "narrow")
        for name in ["wide", "narrow"] {
            let result = try run("skipc", "merge DIR --lora DIR/\(name) -o DIR/merged-\(name)")
            #expect(result.status == 0, "\(result.errors)")
        }
        let merged = try ["wide", "narrow"].map {
            try SafetensorsFile(directory.file("merged-\($0)/model.safetensors"))
        }
        for name in merged[0].names { #expect(try merged[0].floats(name) == merged[1].floats(name)) }
        let base = try SafetensorsFile(directory.file("model.safetensors"))
        let changed = "model.layers.0.self_attn.q_proj.weight"
        #expect(try base.floats(changed) != merged[0].floats(changed))
    }
}
