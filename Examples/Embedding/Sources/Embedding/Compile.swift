import SkipCompiler
import SkipConvert
import SkipFiles

/// Writes three outputs to the directory `output`: the checkpoint `model` with its routers and LoRA adapter as a
/// `.skipgpt` file, the same with int8 weights, and the merged checkpoint as a Hugging Face directory.
func compile(_ model: String, to output: String) throws {
    let frontEnd = FrontEnd(
        modelDirectory: model, routerPath: model + "/routers.safetensors",
        adapters: [AdapterInput(path: model + "/lora")])

    let conversion = try Conversion(frontEnd, types: OutputTypeSelection(.float32))
    try conversion.write(to: output + "/model.skipgpt", options: WorkOptions(threadCount: 2))

    let quantization = try Reencoding(quantizing: output + "/model.skipgpt", types: OutputTypeSelection(.int8))
    try quantization.write(to: output + "/model-int8.skipgpt")

    let merge = try CheckpointMerge(frontEnd)
    try merge.write(to: output + "/merged")
}
