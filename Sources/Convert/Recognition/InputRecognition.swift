import SkipFiles

/// What a path holds.
public enum RecognizedInput: Equatable, Sendable {
    /// A `.skipgpt` file. `SkipFormat` reads and checks it.
    case compiledModel
    /// A `.skipz` package of a `.skipgpt` file. `SkipPackage` reads and checks it.
    case package
    /// A file of tensors: a checkpoint or a shard of one, an adapter's weights, or routers.
    case tensorFile(CheckpointFileKind)
    /// A directory with an adapter's weights and configuration.
    case adapterDirectory
    /// A directory with `config.json` and a checkpoint.
    case modelDirectory
    /// `tokenizer.json`.
    case tokenizer
    /// `config.json`, `adapter_config.json`, an index of shards or another JSON file of a model's directory.
    case configuration
}

/// Recognizes what is at a path.
public enum InputRecognition {
    /// Returns what a path holds. Reads the start of a file or the listing of a directory.
    ///
    /// Throws the error that says what it is for everything that skipc does not read, for example `ggufFile`.
    public static func recognize(_ path: String) throws(InputError) -> RecognizedInput {
        try FileProbe.isDirectory(path) ? try directory(path) : try file(path)
    }

    /// Whether a file begins with the magic bytes of a `.skipz` package, or has its extension. False if it cannot be read.
    public static func isPackage(_ path: String) -> Bool {
        guard let file = try? InputFile(opening: path), let start = try? FileStart(of: file) else { return false }
        return start.isPackage || file.name.hasSuffix(".skipz") && !start.isCompiledModel
    }

    private static func directory(_ path: String) throws(InputError) -> RecognizedInput {
        let contents = try DirectoryContents(path)
        let hasAdapterConfiguration = contents.contains(KnownFileNames.adapterConfiguration)
        if hasAdapterConfiguration, contents.containsAny(KnownFileNames.adapterWeights) { return .adapterDirectory }
        let isModel =
            contents.contains(KnownFileNames.configuration) && contents.containsAny(KnownFileNames.weights)
        if isModel { return .modelDirectory }
        let fault = hasAdapterConfiguration ? try DirectoryForm.adapterFault(path) : try DirectoryForm.modelFault(path)
        throw fault ?? CheckpointFault.missing(path)
    }

    private static func file(_ path: String) throws(InputError) -> RecognizedInput {
        let file = try InputFile(opening: path)
        let start = try FileStart(of: file)
        if start.isPackage || file.name.hasSuffix(".skipz") && CheckpointFileKind(start) == nil {
            if let fault = try ForeignFile.jsonFault(file), fault.rule != .packedModel { throw fault }
            return .package
        }
        // A damaged file is still one, and its reader says what is wrong.
        if start.isCompiledModel || file.name.hasSuffix(".skipgpt") && CheckpointFileKind(start) == nil {
            if let fault = try ForeignFile.jsonFault(file), fault.rule != .compiledModel { throw fault }
            return .compiledModel
        }
        if file.name.hasSuffix(".json"), start.text?.hasPrefix("{") == true || start.text?.hasPrefix("[") == true {
            return file.name.hasSuffix("tokenizer.json") ? .tokenizer : .configuration
        }
        let kind = CheckpointFileKind(fileName: file.name)
        if let fault = try ForeignFile.fault(file, named: kind) { throw fault }
        guard let kind else { throw CheckpointFault.unknownKind(file) }
        return .tensorFile(kind)
    }
}

extension CheckpointFileKind {
    /// The format that a file begins as; nil for another one.
    fileprivate init?(_ start: FileStart) {
        if start.isSafetensors {
            self = .safetensors
        } else if start.isZipArchive {
            self = .torch
        } else {
            return nil
        }
    }
}
