import SkipFiles

/// The names in a directory, of which at most `nameLimit` are read.
struct DirectoryContents {
    let path: String
    /// Sorted.
    let names: [String]

    static let nameLimit = 20_000

    init(_ path: String) throws(InputError) {
        self.path = path
        do throws(SystemFailure) {
            names = try DirectoryListing.names(in: path, limit: Self.nameLimit)
        } catch {
            throw InputError(.inputUnreadable, file: path, found: error.reason)
        }
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    func containsAny(_ others: [String]) -> Bool { others.contains(where: names.contains) }

    /// The first name with one of these endings.
    func first(endingIn endings: [String]) -> String? {
        names.first { name in endings.contains(where: name.hasSuffix) }
    }

    /// Whether a name is that of a directory that can be reached.
    func isDirectory(_ name: String) -> Bool { (try? FileProbe.isDirectory(path + "/" + name)) ?? false }

    /// Whether there is a file or directory that can be reached at a path below this directory.
    func exists(_ path: String) -> Bool { (try? FileProbe.exists(self.path + "/" + path)) ?? false }

    /// The subdirectories, of which at most `limit` are returned.
    func subdirectories(limit: Int = 64) -> [String] {
        Array(names.lazy.filter { !$0.hasPrefix(".") && isDirectory($0) }.prefix(limit))
    }
}

/// The file names from which models and adapters are read.
enum KnownFileNames {
    static let configuration = "config.json"
    static let adapterConfiguration = "adapter_config.json"
    static let weights = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]
    static let adapterWeights = ["adapter_model.safetensors", "adapter_model.bin"]
}
