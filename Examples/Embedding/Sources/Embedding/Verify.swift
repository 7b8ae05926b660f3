import SkipFormat

/// Opens a file, which checks its header and tables, then checks every hash and every rule about its weights.
func verify(_ path: String) throws -> SkipFile {
    let file = try SkipFile.open(path)
    if let error = file.verify(threadCount: 2).first {
        throw SkipFileFailure(path: path, error: error)
    }
    return file
}
