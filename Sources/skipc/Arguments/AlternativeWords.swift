import ArgumentParser
import SkipDiagnostics
import SkipFiles

/// Words that users know from llama.cpp, mlx-lm, PEFT and ollama, and what skipc calls them.
///
/// They are replaced before the command line is parsed, each with a note that names skipc's own word. A word that has
/// no replacement is answered with an error that says what to do instead.
enum AlternativeWords {
    /// Commands that have another name.
    private static let commands = [
        "verify": "validate", "check": "validate", "info": "inspect", "show": "inspect", "generate": "run",
    ]

    /// Options that have another name, for the commands in which the name means this.
    private static let options: [(word: String, own: String, commands: Set<String>)] = [
        ("--outfile", "--output", ["convert", "quantize", "dequantize", "merge", "trace"]),
        ("--dtype", "--outtype", ["convert", "quantize", "dequantize", "merge"]),
        ("--quantize", "--outtype", ["convert"]),
        ("-q", "--outtype", ["convert"]),
        ("--adapter-path", "--lora", ["convert", "merge"]),
    ]

    /// Element types that have another name.
    private static let types = [
        "q8_0": "int8", "Q8_0": "int8", "q8": "int8", "i8": "int8", "fp16": "f16", "float16": "f16", "F16": "f16",
        "half": "f16", "bfloat16": "bf16", "BF16": "bf16", "fp32": "f32", "float32": "f32", "F32": "f32",
    ]

    /// Commands that skipc does not have.
    private static let missingCommands = [
        "chat": "skipc has no chat; skipc run FILE -p TEXT continues a text",
        "serve": "skipc has no server; skipc run FILE -p TEXT continues a text",
        "pull": "skipc works offline; download a checkpoint with hf download OWNER/NAME --local-dir DIR",
    ]

    private static let outputCommands: Set = ["convert", "quantize", "dequantize", "merge", "trace", "pack", "unpack"]

    /// Returns the arguments in skipc's own words, and a note for each replacement.
    ///
    /// - Parameter ownCommands: the names of skipc's commands.
    /// - Throws: `ValidationError` for a command that is only answered, and for an output named `-`.
    static func replaced(
        in arguments: [String], ownCommands: [String]
    ) throws(ValidationError) -> (arguments: [String], notes: [String]) {
        guard let word = arguments.first, !word.hasPrefix("-") else { return (arguments, []) }
        let command = commands[word] ?? word
        if !ownCommands.contains(command) { throw unknown(word, ownCommands) }
        var notes = command == word ? [] : ["\(word) is called \(command)"]
        var result = [command]
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            // What follows `--` is no option.
            if argument == "--" { return (result + [argument] + rest, notes) }
            let (name, value) = parts(argument)
            let option = options.first { $0.word == name && $0.commands.contains(command) }
            if let option { notes.append("\(name) is called \(option.own)") }
            let own = option?.own ?? name
            switch own {
            case "--outtype" where ["-q", "--quantize"].contains(name) && value == nil && !isType(rest.first):
                // It is a flag in mlx-lm.
                result += [own, "int8"]
            case "--outtype" where outputCommands.contains(command):
                guard let type = value ?? rest.popFirst() else { return (result + [own], notes) }
                if let ownType = types[type] { notes.append("\(type) is called \(ownType)") }
                result += [own, types[type] ?? type]
            case "-o", "--output":
                if outputCommands.contains(command), (value ?? rest.first) == "-" { throw standardOutput }
                result.append(value.map { own + "=" + $0 } ?? own)
            default:
                result.append(option == nil ? argument : value.map { own + "=" + $0 } ?? own)
            }
        }
        return (result, notes)
    }

    private static let standardOutput = ValidationError(
        "-o -: the output must be a file, because it is read back; a file of that name is ./-")

    /// Returns the name and the value of `--name=value`. Other arguments are only a name.
    private static func parts(_ argument: String) -> (name: String, value: String?) {
        guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    private static func isType(_ word: String?) -> Bool {
        guard let word else { return false }
        return types[word] != nil || ["auto", "f32", "f16", "bf16", "int8"].contains(word)
    }

    /// The error for a first word that is no command.
    private static func unknown(_ word: String, _ ownCommands: [String]) -> ValidationError {
        if let answer = missingCommands[word] { return ValidationError(answer) }
        let shown = ByteString(word)
        if word.hasSuffix(".skipgpt") {
            return ValidationError("\(shown) is no command; to generate text, write skipc run \(shown) -p TEXT")
        }
        let nearest = Similarity.nearest(to: word, among: ownCommands)
        let suggestion = nearest.map { " Did you mean '\($0)'?" } ?? " skipc --help lists the commands."
        return ValidationError("Unknown command '\(shown)'.\(suggestion)")
    }
}
