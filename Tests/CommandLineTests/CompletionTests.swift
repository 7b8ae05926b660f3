import Foundation
import TestSupport
import Testing

/// The completion scripts, as a shell uses them.
@Suite struct CompletionTests {
    /// Defines the completions of both programs and prints what completes the last word of `line`.
    private static let script = """
        source <("$0" --generate-completion-script bash)
        source <("$0" run --generate-completion-script bash)
        COMP_LINE=$1
        COMP_POINT=${#COMP_LINE}
        read -ra COMP_WORDS <<<"$COMP_LINE"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _${COMP_WORDS[0]} "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """

    @Test("bash completes commands, options, values, and names of files and directories")
    func bash() throws {
        let directory = try TemporaryDirectory()
        for name in ["smollm2.skipgpt", "smollm2.txt", "routers.safetensors"] { try directory.write([], to: name) }
        try FileManager.default.createDirectory(atPath: directory.file("smol"), withIntermediateDirectories: false)
        for (line, expected) in [
            ("skipc qu", ["quantize"]),
            ("skipc run smo", ["smol", "smollm2.skipgpt"]),
            ("skipc run smollm2.skipgpt -f smollm2.t", ["smollm2.txt"]),
            ("skipc run smollm2.skipgpt --te", ["--temp"]),
            ("skipc convert smo", ["smol"]),
            ("skipc convert smol --router ro", ["routers.safetensors"]),
            ("skipc convert smol --outtype bf", ["bf16"]),
            ("skipc merge smol --lora smo", ["smol", "smollm2.skipgpt", "smollm2.txt"]),
            ("skipc validate smollm2.skipgpt smo", ["smol", "smollm2.skipgpt"]),
            ("skiprun smo", ["smol", "smollm2.skipgpt"]),
            ("skiprun -m smollm2.s", ["smollm2.skipgpt"]),
            ("skiprun smollm2.skipgpt --root", ["--root-hash"]),
        ] {
            let result = try ToolProcess.run("skipc", [line], directory: directory.path, through: Self.script)
            #expect(result.outputText.split(separator: "\n").map(String.init).sorted() == expected, "\(line)")
            #expect(result.errors.isEmpty, "\(line): \(result.errors)")
        }
    }

    @Test("zsh and fish complete names of files", arguments: [[], ["run"]])
    func otherShells(_ command: [String]) throws {
        let program = command.isEmpty ? "skipc" : "skiprun"
        for (shell, start, files) in [
            ("zsh", "#compdef \(program)\n", "_files -g '\\''*.skipgpt'\\''"),
            ("fish", "function __\(program)", ".skipgpt"),
        ] {
            let script = try ToolProcess.run("skipc", command + ["--generate-completion-script", shell]).outputText
            #expect(script.hasPrefix(start), "\(script.prefix(60))")
            #expect(script.contains(files))
        }
        #expect(try ToolProcess.run("skipc", command + ["--generate-completion-script", "csh"]).status == 2)
    }

    @Test("Every argument that is a path completes names of files")
    func paths() throws {
        let dump = try ToolProcess.run("skipc", ["--experimental-dump-help"]).output
        let tool = try #require(try JSONSerialization.jsonObject(with: Data(dump)) as? [String: Any])
        let commands = try #require((tool["command"] as? [String: Any])?["subcommands"] as? [[String: Any]])
        let paths: Set = ["file", "path", "model-dir", "directory", "path[:scale]", "path|none", "trace", "other"]
        var count = 0
        for command in commands {
            for argument in command["arguments"] as? [[String: Any]] ?? [] {
                guard let value = argument["valueName"] as? String, paths.contains(value),
                    argument["kind"] as? String != "flag"
                else { continue }
                let kind = argument["completionKind"] as? [String: Any]
                #expect(
                    kind?["file"] != nil || kind?["directory"] != nil, "\(command["commandName"] ?? ""): \(argument)")
                count += 1
            }
        }
        #expect(count >= 30)
    }
}
