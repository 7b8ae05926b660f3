/// What the help of `run` and `skiprun` says besides the options.
package enum GenerateDescription {
    package static let abstract = "Generate text from a prompt. Only the modules that the routers choose run."

    package static let discussion = """
        The steps of sampling, and their names and defaults, are those of llama.cpp. Values that the file records from \
        generation_config.json replace the defaults. Without --temp and a recorded temperature, the most probable \
        token is chosen each time. SKIPC_ISA selects the kernels: scalar, neon, neondot, avx2, avx2vnni, avx512, \
        avx512vnni or avx512bf16. SKIPC_ACTIVATION_BITS sets the bits of the activations of a prompt: 8, 16 or 32.
        """

    /// - Parameter command: `skiprun` or `skipc run`.
    package static func examples(command: String) -> [String] {
        [
            "\(command) model.skipgpt -p \"Once upon a time\" -n 64 --stats",
            "\(command) model.skipgpt -f prompt.txt --temp 0.8 --seed 7 --stop \"THE END\"",
            "\(command) model.skipgpt -p - --no-echo --json <prompt.txt",
        ]
    }
}
