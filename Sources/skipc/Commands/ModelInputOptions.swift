import ArgumentParser
import SkipConvert

/// What a model is made from, in every command that reads a checkpoint.
struct ModelInputOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The checkpoint's directory.", valueName: "model-dir"))
    var modelDirectory: String

    @Option(
        help: ArgumentHelp(
            """
            A file to read the checkpoint from (.safetensors, .pth, .pt, .bin) instead of MODEL_DIR's own: what router \
            training or PEFT saved, routers and all. The configuration still comes from MODEL_DIR.
            """, valueName: "path"))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            "The trained routers (.safetensors, .pth, .pt, .bin), if the checkpoint does not hold them.",
            valueName: "path"))
    var router: String?

    @Flag(
        name: .customLong("allow-bad-crc"),
        help: "Do not check the checksums of tensors in torch files (.pth, .pt, .bin).")
    var allowsBadChecksums = false

    @OptionGroup var lora: AdapterOptions

    var frontEnd: FrontEnd {
        var frontEnd = FrontEnd(modelDirectory: modelDirectory, checkpointPath: checkpoint, routerPath: router)
        if allowsBadChecksums { frontEnd.checksums = .optional }
        frontEnd.adapters = lora.adapters.map(\.input)
        frontEnd.adapterAlpha = lora.alpha
        return frontEnd
    }
}
