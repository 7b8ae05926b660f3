import ArgumentParser
import SkipConvert

/// The inputs of commands that read a checkpoint.
struct ModelInputOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The checkpoint's directory.", valueName: "model-dir"))
    var modelDirectory: String

    @Option(
        help: ArgumentHelp(
            """
            A file to read the checkpoint from (.safetensors, .pth, .pt, .bin) instead of those in MODEL_DIR: what \
            router training or PEFT saved, with its routers. The configuration is still read from MODEL_DIR.
            """, valueName: "path"))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            "The trained routers (.safetensors, .pth, .pt, .bin), if the checkpoint does not contain them.",
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
        frontEnd.adapters = lora.adapters
        frontEnd.adapterAlpha = lora.alpha
        return frontEnd
    }
}
