import ArgumentParser
import SkipConvert
import SkipFiles

/// The inputs of commands that read a checkpoint.
struct ModelInputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The checkpoint's directory.", valueName: "model-dir"), completion: .directory)
    var modelDirectory: String

    @Option(
        help: ArgumentHelp(
            """
            A file to read the checkpoint from (.safetensors, .pth, .pt, .bin, .ckpt) instead of those in MODEL-DIR: \
            what router training or PEFT saved, with its routers. The configuration is still read from MODEL-DIR.
            """, valueName: "path"),
        completion: .file(extensions: tensorFileExtensions))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            """
            The trained routers (.safetensors, .pth, .pt, .bin, .ckpt), if the checkpoint does not contain them. \
            `convert` also finds routers.safetensors, router.safetensors, routers.pth or router.pth in MODEL-DIR.
            """,
            valueName: "path"),
        completion: .file(extensions: tensorFileExtensions))
    var router: [String] = []

    @Flag(name: .customLong("no-router"), help: "Use no routers: every module runs.")
    var omitsRouters = false

    @Option(
        name: .customLong("state-dict"),
        help: ArgumentHelp(
            """
            The state dict to read if a torch file has several: its key, such as ema or checkpoint.model (`.` for the \
            outermost dict). It applies to the checkpoint, or to the routers' file if the checkpoint is in safetensors.
            """, valueName: "key"))
    var stateDictionaryKey: String?

    @Flag(
        name: .customLong("allow-bad-crc"),
        help: "Do not check the checksums of tensors in torch files (.pth, .pt, .bin, .ckpt).")
    var allowsBadChecksums = false

    private static let tensorFileExtensions = ["safetensors", "pth", "pt", "bin", "ckpt"]

    func validate() throws {
        if router.count > 1 {
            throw ValidationError("A model has one file of routers, but --router was given \(router.count) times")
        }
        if omitsRouters, !router.isEmpty { throw ValidationError("Give either --router or --no-router") }
    }

    /// Returns the inputs, with adapters.
    func frontEnd(_ lora: AdapterOptions) -> FrontEnd {
        var frontEnd = FrontEnd(modelDirectory: modelDirectory, checkpointPath: checkpoint, routerPath: router.first)
        if omitsRouters { frontEnd.routerFallback = .none }
        if allowsBadChecksums { frontEnd.checksums = .optional }
        if let stateDictionaryKey { frontEnd.stateDictionary = .key(ByteString(stateDictionaryKey)) }
        frontEnd.adapters = lora.adapters
        frontEnd.adapterAlpha = lora.alpha
        return frontEnd
    }
}
