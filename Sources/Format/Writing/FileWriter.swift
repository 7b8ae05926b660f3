import SkipFiles
import SkipModel

/// Writes a file in blocks of rows, in parallel and in any order. The bytes do not depend on the order.
///
/// A block is read, hashed and written by one thread; each thread owns one buffer. The metadata, the tables and the
/// header are written last. Then the file is flushed to disk and read back by the validating reader, and only then it
/// gets its name.
public struct FileWriter: Sendable {
    public let layout: FileLayout
    /// Whether an existing file with the name is replaced.
    public var overwrite = false
    /// Files that the output must not replace.
    public var inputs = ProtectedFiles()
    public var options = WorkOptions()
    /// Whether the file is written without a name if the system supports it; false only in tests of the other way.
    var usesUnnamedFile = true

    public init(layout: FileLayout) { self.layout = layout }

    /// Writes the file to `path` and returns its root hash.
    @discardableResult
    public func write(rows: some TensorRowSource, to path: String) throws(WriteError) -> SHA256Digest {
        let output = try WriteError.output { () throws(OutputError) in
            let output = try OutputFile(
                path: path, overwrite: overwrite, inputs: inputs, usesUnnamedFile: usesUnnamedFile)
            try output.resize(to: layout.fileByteCount)
            return output
        }
        let leafHashes = try writeWeights(rows, to: output)
        // The bytes of the sections that `FileLayout` lists as late.
        let late: [SectionKind: [UInt8]] = [
            .leafHashes: leafHashes.flatMap(\.bytes), .figures: FiguresSection.encode(figures(of: rows)),
        ]
        let header = try WriteError.output { () throws(OutputError) in
            let header = try writeTables(leafHashes, metadata: layout.metadata(late: late), to: output)
            try output.synchronize()
            return header
        }
        try check(output, header)
        try WriteError.output { () throws(OutputError) in try output.publish() }
        return header.rootHash
    }

    private func figures(of rows: some TensorRowSource) -> [QuantizationFigures] {
        layout.tensors.indices.filter { layout.tensors[$0].elementType == .int8 }.map { rows.figures(ofTensorAt: $0) }
    }

    /// Writes the metadata sections, the tables and then the header.
    private func writeTables(
        _ leafHashes: [SHA256Digest],
        metadata: [SectionKind: [UInt8]],
        to output: OutputFile
    ) throws(OutputError) -> FileHeader {
        var sections = layout.sections
        for index in sections.indices {
            let section = sections[index]
            if section.id.kind.isMetadata {
                let bytes = metadata[section.id.kind] ?? []
                // SAFETY: UInt8 has no padding.
                sections[index].rootHash = unsafe MerkleTree.root(ofMetadata: bytes.span.bytes)
                try output.write(bytes, at: section.byteOffset)
            } else {
                sections[index].rootHash = MerkleTree.root(of: leafHashes[section.leaves])
            }
        }
        let tables = encodedTables(sections)
        try output.write(tables, at: FormatLimits.headerByteCount)

        var header = layout.header
        let sectionTableByteCount = sections.count * FormatLimits.sectionEntryByteCount
        // SAFETY: UInt8 has no padding.
        let tablesSpan = unsafe tables.span.bytes
        header.sectionTableHash = SHA256Digest(hashing: tablesSpan.extracting(first: sectionTableByteCount))
        header.tensorTableHash = SHA256Digest(hashing: tablesSpan.extracting(droppingFirst: sectionTableByteCount))
        header.tablesChecksum = checksum(tables, metadata, upTo: header.tablesEnd)
        header.rootHash = header.computedRootHash
        try output.write(header.encoded(), at: 0)
        return header
    }

    /// Returns the bytes of the section table and the tensor table.
    private func encodedTables(_ sections: [SectionRecord]) -> [UInt8] {
        var tables = ByteWriter()
        for section in sections { section.encode(into: &tables) }
        for tensor in layout.tensors { tensor.encode(into: &tables) }
        return tables.bytes
    }

    /// Returns the checksum of the tables and of the metadata sections before `end`, padding included.
    private func checksum(_ tables: [UInt8], _ metadata: [SectionKind: [UInt8]], upTo end: Int) -> UInt32 {
        var region = ByteWriter()
        region.append(tables)
        for section in layout.sections where section.byteRange.upperBound <= end {
            region.pad(to: section.byteOffset - FormatLimits.headerByteCount)
            region.append(metadata[section.id.kind] ?? [])
        }
        // SAFETY: UInt8 has no padding.
        return unsafe CRC32C.checksum(region.bytes.span.bytes)
    }

    /// Reads the file back by the ordinary reader, and compares what it reads with the layout.
    private func check(_ output: OutputFile, _ header: FileHeader) throws(WriteError) {
        let file: SkipFile
        do {
            file = try SkipFile(descriptor: output.descriptor, path: output.path)
        } catch {
            // Only what was read shows that the file is not valid.
            if case .system(let failure) = error { throw .output(.system(failure)) }
            throw .selfCheck(error)
        }
        guard file.header == header, file.tensors == layout.tensors, file.configuration == layout.configuration else {
            throw .selfCheck(.broken(RuleViolation(.rootHash, at: FileHeader.Offset.rootHash)))
        }
    }
}

// MARK: - Weights

extension FileWriter {
    /// Writes all weights and returns the leaf hashes in their order.
    private func writeWeights(_ rows: some TensorRowSource, to output: OutputFile) throws(WriteError) -> [SHA256Digest]
    {
        let batches = RowBatches(layout.tensors) { index in
            layout.sections[layout.tensors[index].sectionIndex].tensors.lowerBound == index
        }
        let hashes = LeafHashes(count: layout.leafCount)
        let progress = ProgressCounter(
            .weights, totalByteCount: layout.weightByteCount, report: options.progress)
        let receive: RowStream.Receiver = { firstLeaf, leaves, bytes in
            hashes.set(firstLeaf, SHA256Digest.hashing(leaves, of: bytes, prefix: MerkleTree.leafPrefix))
        }
        try RowStream(rows: rows, batches: batches, output: output, progress: progress, receive: receive).run(options)
        return hashes.all
    }
}

/// The hashes of all leaves, filled by several threads.
@safe private final class LeafHashes: @unchecked Sendable {
    // SAFETY: each element is written once, by the thread that writes its batch. All are read after the threads have
    // been joined.
    private let hashes: UnsafeMutableBufferPointer<SHA256Digest>

    init(count: Int) {
        unsafe hashes = .allocate(capacity: count)
        unsafe hashes.initialize(repeating: .zero)
    }

    deinit { unsafe hashes.deallocate() }

    func set(_ firstIndex: Int, _ values: [SHA256Digest]) {
        for (offset, value) in values.enumerated() { unsafe hashes[firstIndex + offset] = value }
    }

    var all: [SHA256Digest] { unsafe Array(hashes) }
}
