import SkipFiles

/// The errors of paths that nothing is known about.
enum CheckpointFault {
    /// A directory without a checkpoint.
    static func missing(_ path: String) -> InputError {
        InputError(
            .checkpointMissing, file: path, found: "none of \(KnownFileNames.weights.joined(separator: ", "))")
    }

    /// A file whose name says nothing known, and whose contents neither.
    static func unknownKind(_ file: InputFile) -> InputError {
        if let (form, found) = FileNameForm.recognize(file.name) {
            return InputError(form, file: file.path, found: found)
        }
        return InputError(
            .unknownFileKind, file: file.path, found: "another extension",
            required: ".safetensors, .pth, .pt, .bin or .ckpt")
    }

    /// The error of a torch file that cannot be read: what its name says it is, or `error`.
    static func named(_ file: InputFile, _ error: InputError) -> InputError {
        guard error.rule.family != .system, let (form, found) = FileNameForm.recognize(file.name) else { return error }
        return InputError(form, file: file.path, found: found)
    }
}
