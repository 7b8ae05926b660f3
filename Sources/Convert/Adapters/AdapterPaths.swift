import SkipFiles

/// The paths of an adapter's configuration and tensors.
struct AdapterPaths {
    /// The name of the adapter's directory, or of its file if there is no configuration beside it. It does not depend on
    /// how the path is spelled.
    let name: String
    /// Nil for a file of tensors without a configuration.
    let configurationPath: String?
    let weightsPath: String

    static let configurationName = KnownFileNames.adapterConfiguration
    private static let weightsNames = KnownFileNames.adapterWeights

    /// Finds the files of the adapter at `path`, a directory or a file.
    init(_ path: String) throws(InputError) {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        if try FileProbe.isDirectory(path) {
            name = try Self.directoryName(path)
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
        name = isPEFT ? try Self.directoryName(directory) : last
    }

    /// Returns the last component of a directory's path. `.`, `..` and the empty path, which is the working directory,
    /// are resolved first, because outputs record the name.
    private static func directoryName(_ path: String) throws(InputError) -> String {
        func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
        let name = last(path)
        return ["", ".", ".."].contains(name) ? last(try FileProbe.resolved(path.isEmpty ? "." : path)) : name
    }
}
