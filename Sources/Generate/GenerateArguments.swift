import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipRuntime

/// The parsed command line of `skipc run` and `skiprun`.
package struct GenerateArguments: Equatable, Sendable {
    package enum Prompt: Equatable, Sendable {
        case text(String)
        /// `-p -`
        case standardInput
        case file(String)
        case ids([UInt32])
    }

    package static let standardTokenCount = 128

    package var file = ""
    package var prompt: Prompt?
    package var tokenCount = standardTokenCount
    package var stopStrings: [String] = []
    package var sampling = SamplingChoice()
    package var isDense = false
    package var skipBias: Float?
    package var threadCount: Int?
    package var verifies = false
    package var rootHash: SHA256Digest?
    package var echoes = true
    package var printsJSON = false
    package var printsStatistics = false
    /// `--help` or `--version`, whichever comes first.
    package var request: GenerateOption?
    /// The options that were given, each once, in order.
    package var given: [GenerateOption] = []

    /// Parses the words after the program's name, or after `run`.
    ///
    /// - Parameter command: the words before them, for the hint of errors.
    package init(_ words: [String], command: String) throws(UsageError) {
        do {
            try parse(words)
            if request == nil { try check() }
        } catch {
            throw UsageError(error.message, hint: "\(command) --help lists the options")
        }
    }

    private mutating func parse(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                for file in rest { try setFile(file) }
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                try setFile(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let option = GenerateOption.named(String(parts[0])) else {
                throw Self.unknownOption(String(parts[0]))
            }
            let attached = parts.count > 1 ? String(parts[1]) : nil
            if option.entry.value == nil {
                if attached != nil { throw UsageError("\(parts[0]) has no value") }
                setFlag(option)
            } else if let text = attached ?? rest.popFirst() {
                try set(option, OptionValue(option: String(parts[0]), text: text))
            } else {
                throw UsageError("\(word) needs a value: \(option.entry.value ?? "")")
            }
            if !given.contains(option) { given.append(option) }
        }
    }

    private static func unknownOption(_ word: String) -> UsageError {
        let names = GenerateOption.allCases.flatMap(\.entry.names)
        let similar = Similarity.nearest(to: word, among: names.filter { $0.hasPrefix("--") })
        return UsageError("unknown option \(ByteString(word))" + (similar.map { ". Did you mean '\($0)'?" } ?? ""))
    }

    private func check() throws(UsageError) {
        if file.isEmpty { throw UsageError("no file given") }
        if prompt == nil { throw UsageError("no prompt given: -p TEXT, -f FILE or --ids 1,2,3") }
    }

    private mutating func setFile(_ path: String) throws(UsageError) {
        if !file.isEmpty { throw UsageError("one file only, found \(ByteString(file)) and \(ByteString(path))") }
        file = path
    }

    private mutating func setPrompt(_ prompt: Prompt) throws(UsageError) {
        if self.prompt != nil { throw UsageError("one prompt only: -p TEXT, -f FILE or --ids 1,2,3") }
        self.prompt = prompt
    }

    private mutating func setFlag(_ option: GenerateOption) {
        switch option {
        case .dense: isDense = true
        case .noEcho: echoes = false
        case .json: printsJSON = true
        case .statistics: printsStatistics = true
        case .verify: verifies = true
        default: request = request ?? option
        }
    }

    private mutating func set(_ option: GenerateOption, _ value: OptionValue) throws(UsageError) {
        switch option {
        case .model: try setFile(value.text)
        case .prompt: try setPrompt(value.text == "-" ? .standardInput : .text(value.text))
        case .promptFile: try setPrompt(value.text == "-" ? .standardInput : .file(value.text))
        case .ids: try setPrompt(.ids(try value.ids()))
        case .tokenCount: tokenCount = try value.integer(in: 0...Int(Int32.max))
        case .stop: stopStrings.append(try value.nonempty())
        case .temperature: sampling.temperature = try value.real(in: 0...1000)
        case .topCount: sampling.topCount = try value.integer(in: 0...Int(Int32.max))
        case .topProbability: sampling.topProbability = try value.real(in: 0...1)
        case .minimumProbability: sampling.minimumProbability = try value.real(in: 0...1)
        case .repetitionPenalty: sampling.repetitionPenalty = try value.real(in: 0.01...100)
        case .seed: sampling.seed = try value.integer(in: 0...UInt64.max)
        case .skipBias: skipBias = try value.real()
        case .threads: threadCount = try value.integer(in: 1...256)
        case .rootHash: rootHash = try value.digest()
        default: break
        }
    }
}
