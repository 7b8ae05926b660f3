import SkipFiles
import SkipFormat
import SkipRuntime
import SkipTokenizer

/// Opens a `.skipgpt` file that is made of arbitrary bytes: the first 256 are those of the header, and the others
/// follow from 4096 on. Zeros follow up to the size that the header states.
///
/// The file is tried as it is, with correct hashes of the header and its tables, and, if that opens, with correct
/// hashes of everything. An opened file can be walked, verified and run.
enum SkipFileEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let plain = SealedFile(expanding: bytes)
        var sealed = plain
        sealed.sealTables()
        if let file = try? plain.open(), file.verify().isEmpty {
            try require(plain.bytes == sealed.bytes, "only one file has these contents")
        }
        let file = try sealed.open()
        try walk(file)
        let allowed: [FormatRule] = [.scale, .quantizedValue, .recordPadding, .padding, .figures]
        sealed.sealContents(of: file)
        let complete: SkipFile
        do { complete = try sealed.open() } catch {
            throw BrokenProperty(description: "a file is refused because of correct hashes: \(error)")
        }
        for violation in complete.verify() {
            try require(
                violation.rule.map(allowed.contains) ?? false, "correct hashes are accepted: \(violation)")
        }
        try run(complete)
    }

    /// Reads the first and the last byte of everything.
    private static func walk(_ file: SkipFile) throws {
        var sum: UInt8 = 0
        for tensor in file.tensors {
            // SAFETY: the bytes are valid while `file` exists.
            let bytes = unsafe file.bytes(of: tensor)
            try require(bytes.count == tensor.byteCount, "a tensor is inside the file")
            if let first = unsafe bytes.first, let last = unsafe bytes.last { sum &+= first &+ last }
            try require(file.tensor(tensor.id) == tensor, "every tensor is found")
            let section = file.sections[tensor.sectionIndex]
            try require(
                section.byteOffset <= tensor.byteOffset
                    && tensor.byteRange.upperBound <= section.byteRange.upperBound,
                "a tensor is inside its section")
        }
        var end = 0
        for section in file.sections {
            try require(section.byteOffset >= end && section.byteCount >= 0, "sections follow each other")
            end = section.byteRange.upperBound
            try require(file.section(section.id) == section, "every section is found")
        }
        try require(end <= file.file.byteCount, "the last section is inside the file")
    }

    private static func run(_ file: SkipFile) throws {
        let model = try RoutedModel(file)
        if model.hasTokenizer {
            // Its table is checked when it is used.
            if let tokenizer = try? model.tokenizer() { try tokenizer.checkProperties(CompiledTokenizer.sample) }
        }
        var options = Session.Options()
        options.threadCount = 1
        options.maximumPositions = 4
        options.chunkLength = 2
        let session = try Session(model, options: options)
        let last = UInt32(model.configuration.vocabularySize - 1)
        try session.prefill([0, last, last / 2])
        let count = session.withLogits { $0.count }
        try require(count == model.configuration.vocabularySize, "there is a logit for each token")
    }
}
