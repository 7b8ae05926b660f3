#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files of a model's directory that stand beside its weights: configurations, tokenizer, templates, texts.
public enum CompanionFiles {
    /// What the endings of weights' files are, in the forms of all frameworks, and of their indexes.
    private static let weightEndings = [
        ".safetensors", ".bin", ".pth", ".pt", ".ckpt", ".h5", ".msgpack", ".onnx", ".gguf", ".npz", ".skipgpt",
        ".index.json",
    ]

    /// A directory with this file would be taken for an adapter.
    private static let adapterNames: Set<String> = ["adapter_config.json"]

    /// Names of the files to copy, sorted. Weights, directories and hidden files are not among them.
    public static func names(in directory: String) throws(InputError) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            throw InputError(.inputUnreadable, file: directory, found: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        // SAFETY: an entry is valid until the next call; its name is terminated.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if isCompanion(name), !FileProbe.isDirectory(directory + "/" + name) { names.append(name) }
        }
        return names.sorted()
    }

    static func isCompanion(_ name: String) -> Bool {
        !name.hasPrefix(".") && !adapterNames.contains(name) && !weightEndings.contains(where: name.hasSuffix)
    }
}
