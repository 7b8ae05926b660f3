import Glibc
import SkipFiles

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
        let names: [String]
        do {
            names = try DirectoryListing.names(in: directory)
        } catch {
            throw InputError(.inputUnreadable, file: directory, found: unsafe String(cString: strerror(error.code)))
        }
        return names.filter { isCompanion($0) && !FileProbe.isDirectory(directory + "/" + $0) }
    }

    static func isCompanion(_ name: String) -> Bool {
        !name.hasPrefix(".") && !adapterNames.contains(name) && !weightEndings.contains(where: name.hasSuffix)
    }
}
