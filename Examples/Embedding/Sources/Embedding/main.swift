// Compiles a model, verifies what was written and continues a prompt with it. `expected.txt` is the output for
// Examples/bard.
import Glibc
import SkipFiles

let arguments = CommandLine.arguments
guard arguments.count == 4, let tokenCount = Int(arguments[3]) else {
    StandardStream.error.note("usage: Embedding MODEL_DIR EMPTY_OUTPUT_DIR TOKEN_COUNT\n")
    exit(2)
}
let output = arguments[2]
do {
    try compile(arguments[1], to: output)
    for name in ["model.skipgpt", "model-int8.skipgpt"] {
        let file = try verify(output + "/" + name)
        let quantized = file.tensors.count { $0.elementType == .int8 }
        print("\(name): \(file.configuration.layers.count) layers, \(file.tensors.count) tensors, \(quantized) in int8")
    }
    let prompt = "ROMEO.\nWhat light is this that"
    print(prompt + (try generate(prompt, tokenCount: tokenCount, with: output + "/model.skipgpt")))
} catch {
    StandardStream.error.note("error: \(error)\n")
    exit(1)
}
