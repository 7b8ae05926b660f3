import SkipFiles

/// The paths of an adapter's configuration and tensors.
struct AdapterPaths {
    /// The last component of the adapter's path.
    let name: String
    /// Nil for a file of tensors without a configuration.
    let configurationPath: String?
    let weightsPath: String

    static let configurationName = KnownFileNames.adapterConfiguration
    private static let weightsNames = KnownFileNames.adapterWeights

    /// Finds the files of the adapter at `path`, a directory or a file.
    init(_ path: String) throws(InputError) {
        let components = path.split(separator: "/")
        let last = components.last.map(String.init) ?? path
        if try FileProbe.isDirectory(path) {
            name = last
            configurationPath = path + "/" + Self.configurationName
            var weights: String?
            for name in Self.weightsNames where weights == nil {
                if try FileProbe.exists(path + "/" + name) { weights = name }
            }
            guard let weights else {
                if let fault = try DirectoryForm.adapterFault(path) { throw fault }
                throw InputError(
                    .adapterMissing, file: path, found: "none of \(Self.weightsNames.joined(separator: ", "))")
            }
            if try !FileProbe.exists(path + "/" + Self.configurationName),
                let fault = try DirectoryForm.adapterFault(path)
            {
                throw fault
            }
            weightsPath = path + "/" + weights
            return
        }
        weightsPath = path
        // A file that PEFT named, with its configuration in the same directory, is treated like the directory.
        let directory = path.hasSuffix("/" + last) ? String(path.dropLast(last.count)) : ""
        let beside = directory + Self.configurationName
        let isPEFT = if Self.weightsNames.contains(last) { try FileProbe.exists(beside) } else { false }
        configurationPath = isPEFT ? beside : nil
        name = isPEFT ? components.dropLast().last.map(String.init) ?? last : last
    }
}
