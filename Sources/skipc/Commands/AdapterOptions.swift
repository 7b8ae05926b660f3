import ArgumentParser
import SkipConvert
import SkipFiles

/// The options of commands that merge adapters.
struct AdapterOptions: ParsableArguments {
    @Option(
        name: .customLong("lora"),
        help: ArgumentHelp(
            """
            An adapter to merge: a directory that PEFT saved, or a file of LoRA tensors, which needs --lora-alpha. A \
            number after a colon scales it and may be negative. Repeat for several; they are merged in this order.
            """, valueName: "path[:scale]"))
    var adapters: [AdapterArgument] = []

    @Option(
        name: .customLong("lora-alpha"),
        help: ArgumentHelp(
            "The lora_alpha of LoRA tensors without adapter_config.json, also of those inside a checkpoint.",
            valueName: "number"))
    var alpha: Double?

    func validate() throws {
        if let alpha, !(alpha > 0 && alpha <= AdapterLimits.maximumAlpha) {
            throw ValidationError("--lora-alpha must be above 0, at most \(Int(AdapterLimits.maximumAlpha))")
        }
    }
}

/// `PATH` or `PATH:SCALE`.
struct AdapterArgument: ExpressibleByArgument {
    let input: AdapterInput

    /// A path that exists is a path. Otherwise the text after the last colon is a scale if it is a number.
    init?(argument: String) {
        if let exists = try? FileProbe.exists(argument), !exists, let colon = argument.lastIndex(of: ":"),
            let scale = Double(argument[argument.index(after: colon)...])
        {
            guard abs(scale) <= AdapterLimits.maximumScale else { return nil }
            input = AdapterInput(path: String(argument[..<colon]), scale: scale)
        } else {
            input = AdapterInput(path: argument)
        }
    }
}
