import ArgumentParser
import SkipConvert

/// The options of commands that merge adapters.
struct AdapterOptions: ParsableArguments {
    @Option(
        name: [.customLong("lora"), .customLong(ScaledAdapterOption.name)],
        help: ArgumentHelp(
            """
            An adapter to merge: a directory that PEFT saved, or a file of LoRA tensors, which needs --lora-alpha. A \
            number after a colon scales it and may be negative; a path that exists is never split. \
            --lora-scaled PATH SCALE does the same. Repeat for several; they are merged in this order.
            """, valueName: "path[:scale]"), completion: .file())
    var arguments: [AdapterArgument] = []

    @Option(
        name: .customLong("lora-alpha"),
        help: ArgumentHelp(
            "The lora_alpha of LoRA tensors without adapter_config.json, also of those inside a checkpoint.",
            valueName: "number"))
    var alpha: Double?

    /// The adapters, in the order of the command line.
    var adapters: [AdapterInput] { arguments.compactMap { try? $0.input.get() } }

    func validate() throws {
        for argument in arguments { _ = try argument.input.get() }
        if let alpha, !(alpha > 0 && alpha <= AdapterLimits.maximumAlpha) {
            throw ValidationError("--lora-alpha must be above 0, at most \(Int(AdapterLimits.maximumAlpha))")
        }
    }
}
