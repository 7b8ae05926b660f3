import SkipFiles
import SkipRuntime

/// An option of `skipc run` and `skiprun`. Both programs parse it and print its help from this table.
package enum GenerateOption: CaseIterable, Sendable {
    // The order of the help.
    case model, dense, skipBias, threads
    case prompt, promptFile, ids, tokenCount, stop, noEcho, json, statistics
    case temperature, topCount, topProbability, minimumProbability, repetitionPenalty, seed
    case verify, rootHash
    case version, help

    /// A heading of the help.
    package enum Group: String, CaseIterable, Sendable {
        case model = "Model"
        case text = "Text"
        case sampling = "Sampling"
        case checks = "Checks"
        case other = "Options"
    }

    /// The names and the help of an option.
    package struct Entry: Sendable {
        package let group: Group
        /// The first names are those of the help. Others are accepted too.
        package let names: [String]
        /// The name of the value; nil for a flag.
        package let value: String?
        package let help: String
        /// Names that other programs use.
        package let otherNames: [String]

        init(_ group: Group, _ names: [String], _ value: String?, other: [String] = [], _ help: String) {
            self.group = group
            self.names = names
            self.value = value
            self.help = help
            otherNames = other
        }
    }

    package var entry: Entry {
        switch self {
        case .model: Entry(.model, ["-m", "--model"], "FILE", "The .skipgpt file; FILE without -m is the same.")
        case .dense: Entry(.model, ["--dense"], nil, "Execute all modules; routers are not evaluated.")
        case .skipBias:
            Entry(
                .model, ["--skip-bias"], "B",
                "Execute a module if execute - skip + B >= 0; below 0 fewer modules run (default: the file's value, "
                    + "usually 0).")
        case .threads:
            Entry(
                .model, ["-t", "--threads"], "N",
                "The number of threads (default: one per processor, fewer for a small model).")
        case .prompt:
            Entry(.text, ["-p", "--prompt"], "TEXT", "The text to continue; -: read it from standard input.")
        case .promptFile:
            Entry(.text, ["-f", "--file"], "FILE", "Read the prompt from a file; a line break at its end is removed.")
        case .ids: Entry(.text, ["--ids"], "1,2,3", "The prompt as token ids.")
        case .tokenCount:
            Entry(
                .text, ["-n", "--tokens"], "N", other: ["--predict", "--n-predict"],
                "The largest number of tokens to generate (default: \(GenerateArguments.standardTokenCount)).")
        case .stop:
            Entry(
                .text, ["--stop"], "STRING",
                "End the text before this string, which is not printed. Repeat for several.")
        case .noEcho:
            Entry(.text, ["--no-echo"], nil, other: ["--no-display-prompt"], "Do not print the prompt before the text.")
        case .json:
            Entry(.text, ["--json"], nil, "Print one JSON object: text, ids, timings and shares of executed modules.")
        case .statistics:
            Entry(.text, ["--stats"], nil, "Print speed and the share of executed modules to standard error.")
        case .temperature:
            Entry(
                .sampling, ["--temp"], "T", other: ["--temperature"],
                "Temperature; 0 chooses the most probable token (default: the file's, or 0).")
        case .topCount:
            Entry(
                .sampling, ["--top-k"], "K",
                "Draw from the K most probable tokens; 0: all (default: the file's, or 40).")
        case .topProbability:
            Entry(
                .sampling, ["--top-p"], "P",
                "Draw from the most probable tokens with this total probability (default: the file's, or 0.95).")
        case .minimumProbability:
            Entry(
                .sampling, ["--min-p"], "P",
                "Draw from tokens with at least this share of the largest probability (default: the file's, or 0.05).")
        case .repetitionPenalty:
            Entry(
                .sampling, ["--repeat-penalty"], "X",
                "Divide the logits of the last \(Sampler.penalizedTokenCount) tokens by this; 1: do not (default: the file's, or 1)."
            )
        case .seed: Entry(.sampling, ["-s", "--seed"], "S", "Seed of the draws (default: 0).")
        case .verify: Entry(.checks, ["--verify"], nil, "Check every hash of the file, which reads all of it.")
        case .rootHash:
            Entry(
                .checks, ["--root-hash"], "HEX",
                "Require this root hash, and check the tables, the configuration and the tokenizer.")
        case .version: Entry(.other, ["--version"], nil, "Show the version.")
        case .help: Entry(.other, ["-h", "--help"], nil, "Show help information.")
        }
    }

    /// The name of the option in messages.
    package var name: String { entry.names.last ?? "" }

    /// Returns the option that a word of the command line names.
    static func named(_ name: String) -> GenerateOption? {
        allCases.first { $0.entry.names.contains(name) || $0.entry.otherNames.contains(name) }
    }
}
