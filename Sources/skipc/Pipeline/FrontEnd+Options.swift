import Convert

extension FrontEnd {
    /// Reads the inputs, and refuses an option that had no effect on them.
    func readUsingEveryOption() throws -> Result {
        let result = try read()
        if adapterAlpha != nil, !result.adapters.contains(where: \.alphaWasGiven) {
            throw UsageError(
                message: "--lora-alpha is for LoRA tensors without adapter_config.json, and there are none",
                hint: "leave it out: the adapters say their alpha")
        }
        if !result.adapters.isEmpty, AppliedAdapter.productKernelName == nil { throw MissingOpenBLAS() }
        return result
    }
}
