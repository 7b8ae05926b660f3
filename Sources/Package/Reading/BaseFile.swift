import SkipFiles
import SkipFormat

/// The `.skipgpt` file that a delta refers to. Its hash tree is checked when it is opened, and its blocks when they are
/// read.
public struct BaseFile: Sendable {
    public let model: SkipFile
    let file: InputFile
    /// Its blocks of weights, sorted by the first bytes of their hashes.
    private let index: [(key: UInt64, leaf: UInt32)]
    private let blocks: ModelBlocks

    public init(opening path: String) throws(PackageError) {
        (file, model) = try OpenedModel.open(path)
        let model = model
        blocks = ModelBlocks(model)
        index = (0..<blocks.leafCount).map { (Self.key(model.leafHash($0)), UInt32($0)) }
            .sorted { ($0.key, $0.leaf) < ($1.key, $1.leaf) }
    }

    /// Returns the position of a block of weights with this hash and length; nil if there is none.
    func byteRange(ofBlockWith hash: SHA256Digest, byteCount: Int) -> Range<Int>? {
        let key = Self.key(hash)
        var position = index.partitioningIndex { $0.key >= key }
        while position < index.count, index[position].key == key {
            let leaf = Int(index[position].leaf)
            if model.leafHash(leaf) == hash {
                let range = blocks.byteRange(of: blocks.front.count + leaf)
                if range.count == byteCount { return range }
            }
            position += 1
        }
        return nil
    }

    /// Whether the base has the tokenizer section of another file.
    func hasTokenizer(of other: SkipFile) -> Bool {
        guard let own = model.section(SectionID(.tokenizer)), let section = other.section(SectionID(.tokenizer)) else {
            return false
        }
        return own.byteCount == section.byteCount && own.rootHash == section.rootHash
    }

    /// Returns the model with the tokenizer of the base.
    func addingTokenizer(to other: SkipFile, _ part: PackagePart) throws(PackageError) -> SkipFile {
        guard hasTokenizer(of: other), let own = model.section(SectionID(.tokenizer)),
            let section = other.section(SectionID(.tokenizer))
        else {
            throw .broken(PackageViolation(.baseBlocks, at: part.header.indexRange.lowerBound), path: part.path)
        }
        // SAFETY: both sections are inside their files; the arrays are copies.
        var start = unsafe Array(other.file.bytes(0..<other.file.byteCount))
        start.replaceSubrange(section.byteRange, with: unsafe Array(model.file.bytes(own.byteRange)))
        do {
            return try SkipFile(start: start, byteCount: other.header.fileByteCount, path: part.path)
        } catch {
            throw .model(SkipFileFailure(path: part.path, error: error))
        }
    }

    private static func key(_ hash: SHA256Digest) -> UInt64 { hash.bytes.integer(UInt64.self, at: 0) }
}

/// A `.skipgpt` file whose hash tree was checked.
enum OpenedModel {
    static func open(_ path: String) throws(PackageError) -> (InputFile, SkipFile) {
        let file = try PackageError.input { () throws(InputError) in try InputFile(opening: path) }
        let model: SkipFile
        do { model = try SkipFile.open(file) } catch { throw .model(error) }
        if let error = model.verifyHashTree().first { throw .model(SkipFileFailure(path: path, error: error)) }
        return (file, model)
    }
}
