import SkipFiles
import SkipModel

/// An open `.skipgpt` file, mapped into memory. Opening checks everything except the weights and the hashes; afterwards
/// no method fails.
///
/// Opening takes about a millisecond, whatever the file's size. `verify` checks the weights and the hashes.
public struct SkipFile: Sendable {
    /// The mapped file.
    public let file: MappedFile
    public let header: FileHeader
    public let configuration: ModelConfiguration
    /// In the file's order.
    public let sections: [SectionRecord]
    /// In canonical order (`TensorID`'s), which is the file's.
    public let tensors: [TensorRecord]
    /// Facts about the file's origin, sorted by key.
    public let provenance: [ProvenanceEntry]

    /// How the authors of the model generate text with it, as far as the file records it.
    public var generationDefaults: GenerationDefaults { GenerationDefaults(provenance) }

    /// The figures of the int8 tensors, in their order.
    public let figures: [QuantizationFigures]

    /// Opens and checks the file at `path`.
    public init(opening path: String) throws(FormatError) {
        let file: MappedFile
        do { file = try MappedFile(opening: path) } catch { throw FormatError(error) }
        try self.init(validating: file)
    }

    /// Maps and checks an open file. `path` is for messages. The descriptor may be closed afterwards.
    public init(descriptor: Int32, path: String) throws(FormatError) {
        let file: MappedFile
        do { file = try MappedFile(descriptor: descriptor, path: path) } catch { throw FormatError(error) }
        try self.init(validating: file)
    }

    /// Opens and checks the file at `path`. The error holds the path.
    public static func open(_ path: String) throws(SkipFileFailure) -> SkipFile {
        do { return try SkipFile(opening: path) } catch { throw SkipFileFailure(path: path, error: error) }
    }

    /// Maps and checks an input file that stays open, so that its bytes can also be read from it. The error holds the
    /// path.
    package static func open(_ file: InputFile) throws(SkipFileFailure) -> SkipFile {
        do {
            let opened = try file.withDescriptor { (descriptor) throws(InputError) in
                Result { () throws(FormatError) in try SkipFile(descriptor: descriptor, path: file.path) }
            }
            return try opened.get()
        } catch let error as FormatError {
            throw SkipFileFailure(path: file.path, error: error)
        } catch {
            throw SkipFileFailure(path: file.path, error: FormatError(MappingError.system(.replaced(file.path))))
        }
    }

    /// Checks a mapped file.
    public init(validating file: MappedFile) throws(FormatError) {
        self.init(try FileValidator(file: file).validate(), file)
    }

    /// Checks the beginning of a file of `byteCount` bytes, which ends where the weights begin. Only tables and metadata
    /// may be read through the result: reading a weight is a failed precondition.
    package init(start: [UInt8], byteCount: Int, path: String) throws(FormatError) {
        let file = MappedFile(contents: start, path: path)
        let validated = try FileValidator(start: file, byteCount: byteCount).validate()
        let weights = validated.sections.first { !$0.id.kind.isMetadata }?.byteOffset ?? byteCount
        guard start.count == weights else {
            throw .broken(
                RuleViolation(
                    .sectionOffset, at: start.count, found: .number(Int64(start.count)),
                    required: .number(Int64(weights))))
        }
        self.init(validated, file)
    }

    private init(_ validated: ValidatedFile, _ file: MappedFile) {
        self.file = file
        header = validated.header
        configuration = validated.configuration
        sections = validated.sections
        tensors = validated.tensors
        provenance = validated.provenance
        figures = validated.figures
    }

    /// Returns a tensor by its role and layer, in logarithmic time.
    public func tensor(_ id: TensorID) -> TensorRecord? {
        let index = tensors.partitioningIndex { $0.id >= id }
        return index < tensors.count && tensors[index].id == id ? tensors[index] : nil
    }

    /// Returns the section of an extent, in logarithmic time.
    public func section(_ extent: ExtentID) -> SectionRecord? { section(SectionID(extent)) }

    /// Returns a section by its kind and layer, in logarithmic time.
    public func section(_ id: SectionID) -> SectionRecord? {
        let index = sections.partitioningIndex { $0.id >= id }
        return index < sections.count && sections[index].id == id ? sections[index] : nil
    }

    /// Returns a tensor's bytes, aligned to 64. They are valid while `file` exists.
    public func bytes(of tensor: TensorRecord) -> UnsafeRawBufferPointer { unsafe file.bytes(tensor.byteRange) }

    /// Returns an extent's bytes, aligned to the file's alignment. They are valid while `file` exists.
    public func bytes(of extent: ExtentID) -> UnsafeRawBufferPointer? {
        guard let section = section(extent) else { return nil }
        return unsafe file.bytes(section.byteRange)
    }

    /// The compiled tokenizer, aligned to 64 bytes and not checked: `CompiledTokenizer` checks it. The bytes are valid
    /// while `file` exists.
    public var tokenizerTable: UnsafeRawBufferPointer? {
        guard let section = section(SectionID(.tokenizer)) else { return nil }
        return unsafe file.bytes(section.byteRange)
    }
}
