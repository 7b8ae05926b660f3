import SkipFiles

/// Recognizes a file that is not in the format that its name states, before it is parsed, so that the error says what the
/// file is. No file is read in another format than its name states.
enum ForeignFile {
    /// Returns the error of a file that is not in the format of its name; nil if it may be. `kind` is nil for a name with
    /// an unknown extension.
    static func fault(_ source: some ByteSource, named kind: CheckpointFileKind?) throws(InputError) -> InputError? {
        let start = try FileStart(of: source)
        if kind == .safetensors, start.isSafetensors { return nil }
        if let signature = try FileSignature.recognize(start, of: source) {
            return InputError(signature.form, file: source.path, found: signature.found)
        }
        if start.isLegacyTorchFile { return InputError(.legacyTorchFile, file: source.path, found: "") }
        if start.isZipArchive { return try archiveFault(source, named: kind) }
        switch kind {
        case .safetensors where start.isPickle: return misnamed(source.path, "a pickle")
        case .torch where start.isSafetensors, nil where start.isSafetensors:
            return misnamed(source.path, "a safetensors file")
        case .torch: return try unknownFault(start, source)
        default: return nil
        }
    }

    /// Returns the error of a text file that JSON is read from, such as `config.json`; nil if it may be JSON.
    static func jsonFault(_ source: some ByteSource) throws(InputError) -> InputError? {
        guard let signature = try FileSignature.recognize(try FileStart(of: source), of: source),
            signature.form != .textFile
        else { return nil }
        return InputError(signature.form, file: source.path, found: signature.found)
    }

    private static func archiveFault(
        _ source: some ByteSource, named kind: CheckpointFileKind?
    ) throws(InputError) -> InputError? {
        guard let archive = try ZipNames(reading: source) else {
            return kind == .safetensors ? misnamed(source.path, "a zip archive, maybe a torch file") : nil
        }
        switch archive.contents {
        case .form(let form, let found): return InputError(form, file: source.path, found: found)
        case .torchFile: return kind == .torch ? nil : misnamed(source.path, "a torch file")
        case .unknown:
            return kind == .torch ? nil : InputError(.archiveFile, file: source.path, found: "a zip archive")
        }
    }

    private static func misnamed(_ path: String, _ format: String) -> InputError {
        InputError(.fileNameMismatch, file: path, found: format)
    }

    /// The error of a file without a known signature that has the name of a torch file.
    private static func unknownFault(_ start: FileStart, _ source: some ByteSource) throws(InputError) -> InputError {
        if try ZipEndRecord.isPresent(in: source) {
            return InputError(
                .zipSurroundings, file: source.path, at: .byte(0), found: "other bytes before a zip archive",
                required: "a local header")
        }
        return InputError(
            .notTorchFile, file: source.path, at: .byte(0),
            found: start.isPickle ? "a bare pickle" : "an unknown format",
            required: "a zip archive")
    }
}
