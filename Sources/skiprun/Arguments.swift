import SkipDiagnostics
import SkipFiles

/// The parsed command line.
struct Arguments: Equatable {
    var file = ""
    var prompt: Prompt?
    var maximumTokenCount = 128
    var temperature: Float = 0
    var topProbability: Float = 1
    var seed: UInt64 = 0
    var isDense = false
    var skipBias: Float?
    var threadCount: Int?
    var printsStatistics = false
    var printsHelp = false

    enum Prompt: Equatable {
        case text(String)
        case ids([UInt32])
    }

    static let help = """
        usage: skiprun FILE -p PROMPT [options]

          -p, --prompt TEXT     the text to continue
              --ids 1,2,3       the prompt as token ids, in place of a text
          -n N                  the largest number of tokens to generate (128)
              --temp T          temperature; 0 chooses the most probable token (0)
              --top-p P         draw from the most probable tokens with this total probability (1)
              --seed S          seed of the random choices (0)
              --dense           execute all modules; routers are not evaluated
              --skip-bias B     execute a module if execute - skip + B >= 0 (the file's value, usually 0)
          -t N                  threads (one per processor, fewer for a small model)
              --stats           print speed and the share of executed modules to stderr
          -h, --help            print this help

        SKIPC_ISA=scalar|neon|neondot|avx2|avx2vnni|avx512|avx512vnni|avx512bf16 selects the kernels.
        SKIPC_ACTIVATION_BITS=8|16|32 selects the rounding of activations of a prompt.

        """

    private static func usage(_ message: String) -> UsageError {
        UsageError(message, hint: "skiprun --help lists the options")
    }

    init(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "-p", "--prompt": prompt = .text(try Self.value(of: word, &rest))
            case "--ids": prompt = .ids(try Self.ids(try Self.value(of: word, &rest)))
            case "-n": maximumTokenCount = try Self.number(of: word, &rest, in: 0...Int(Int32.max))
            case "--temp": temperature = try Self.real(of: word, &rest, in: 0...1000)
            case "--top-p": topProbability = try Self.real(of: word, &rest, in: 0...1)
            case "--seed": seed = try Self.number(of: word, &rest, in: 0...UInt64.max)
            case "--dense": isDense = true
            case "--skip-bias":
                skipBias = try Self.real(of: word, &rest)
            case "-t": threadCount = try Self.number(of: word, &rest, in: 1...1024)
            case "--stats": printsStatistics = true
            case "-h", "--help": printsHelp = true
            case _ where word.hasPrefix("-") && word != "-": throw Self.usage("unknown option \(ByteString(word))")
            case _ where !file.isEmpty:
                throw Self.usage("one file only, found \(ByteString(file)) and \(ByteString(word))")
            default: file = word
            }
        }
        if printsHelp { return }
        if file.isEmpty { throw Self.usage("no file given") }
        if prompt == nil { throw Self.usage("no prompt given: -p TEXT or --ids 1,2,3") }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
        guard let value = rest.popFirst() else { throw usage("\(option) needs a value") }
        return value
    }

    private static func number<Number: FixedWidthInteger>(
        of option: String, _ rest: inout ArraySlice<String>, in range: ClosedRange<Number>
    ) throws(UsageError) -> Number {
        let text = try value(of: option, &rest)
        guard let number = Number(text), range.contains(number) else {
            throw usage(
                "\(option) needs a number from \(range.lowerBound) to \(range.upperBound), not \(ByteString(text))")
        }
        return number
    }

    /// - Parameter range: nil: any finite number.
    private static func real(
        of option: String, _ rest: inout ArraySlice<String>, in range: ClosedRange<Float>? = nil
    ) throws(UsageError) -> Float {
        let text = try value(of: option, &rest)
        let number = Float(text)
        guard let number, number.isFinite, range?.contains(number) ?? true else {
            let bounds = range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""
            throw usage("\(option) needs a number\(bounds), not \(ByteString(text))")
        }
        return number
    }

    private static func ids(_ text: String) throws(UsageError) -> [UInt32] {
        var ids: [UInt32] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let id = UInt32(word) else { throw usage("--ids needs numbers like 1,2,3, not \(ByteString(text))") }
            ids.append(id)
        }
        return ids
    }
}
