import Glibc
import SkipFiles

/// The files of a model directory other than its weights: configurations, tokenizer, templates, texts.
public enum CompanionFiles {
    /// The file name endings of weights in the formats of all frameworks, and of their indexes.
    private static let weightEndings = [
        ".safetensors", ".bin", ".pth", ".pt", ".ckpt", ".h5", ".msgpack", ".onnx", ".gguf", ".npz", ".skipgpt",
        ".index.json",
    ]

    /// Files that would make Transformers treat the merged directory as an adapter.
    private static let adapterNames: Set<String> = ["adapter_config.json"]

    /// Returns the sorted names of the files to copy, without weights, directories and hidden files.
    public static func names(in directory: String) throws(InputError) -> [String] {
        let names: [String]
        do {
            names = try DirectoryListing.names(in: directory)
        } catch {
            throw InputError(.inputUnreadable, file: directory, found: unsafe String(cString: strerror(error.code)))
        }
        // A link to nothing is not a directory, so that copying it is an error.
        var companions: [String] = []
        for name in names where isCompanion(name) {
            if try !FileProbe.isDirectory(directory + "/" + name) { companions.append(name) }
        }
        return companions
    }

    static func isCompanion(_ name: String) -> Bool {
        !name.hasPrefix(".") && !adapterNames.contains(name) && !weightEndings.contains(where: name.hasSuffix)
    }
}
