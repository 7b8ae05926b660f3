import SkipFiles
import SkipModel

/// The checked content of a file's tables and metadata.
struct ValidatedFile {
    let header: FileHeader
    let sections: [SectionRecord]
    let configuration: ModelConfiguration
    let tensors: [TensorRecord]
    let provenance: [ProvenanceEntry]
    let figures: [QuantizationFigures]
}

/// The only reader of the format: checks every rule that needs neither the weights nor SHA-256.
///
/// Cheapest checks come first. It allocates nothing by a number that is not bounded by the file's real size.
struct FileValidator {
    /// The file, or its beginning up to the first weight.
    let file: MappedFile
    /// The length of the whole file.
    let byteCount: Int

    init(file: MappedFile) { self.init(start: file, byteCount: file.byteCount) }

    /// Validates a file of `byteCount` bytes by its beginning, which must have all bytes before the weights.
    init(start: MappedFile, byteCount: Int) {
        file = start
        self.byteCount = byteCount
    }

    func validate() throws(FormatError) -> ValidatedFile {
        let header = try readHeader()
        let sections = try readSections(header)
        let configuration = try ConfigurationReader(file: file, range: sections[0].byteRange).read()
        try checkSectionLayers(sections, layerCount: configuration.layers.count)
        let tensors = try readTensors(header, sections: sections, configuration: configuration)
        try checkLeafTable(sections, leafCount: tensors.last?.leaves.end ?? 0)
        let provenance = try readProvenance(sections)
        let figures = try readFigures(sections, tensors)
        try checkMetadataPadding(header, sections: sections)
        return ValidatedFile(
            header: header,
            sections: sections,
            configuration: configuration,
            tensors: tensors,
            provenance: provenance,
            figures: figures
        )
    }

    private func readFigures(
        _ sections: [SectionRecord],
        _ tensors: [TensorRecord]
    ) throws(FormatError) -> [QuantizationFigures] {
        let count = tensors.count { $0.elementType == .int8 }
        guard let section = sections.first(where: { $0.id.kind == .figures }) else {
            if count > 0 { throw broken(.figures, at: FormatLimits.headerByteCount, required: .number(Int64(count))) }
            return []
        }
        return try FiguresSection.decode(file, section.byteRange, count: count)
    }

    private func readProvenance(_ sections: [SectionRecord]) throws(FormatError) -> [ProvenanceEntry] {
        guard let section = sections.first(where: { $0.id.kind == .provenance }) else { return [] }
        return try ProvenanceSection.decode(file, section.byteRange)
    }

    private func checkLeafTable(_ sections: [SectionRecord], leafCount: Int) throws(FormatError) {
        guard let index = sections.firstIndex(where: { $0.id.kind == .leafHashes }) else {
            throw broken(.requiredSections, at: FormatLimits.headerByteCount)
        }
        try require(
            .leafTableByteCount,
            sectionEntry(index) + SectionRecord.Offset.byteCount,
            .section(sections[index].id),
            found: UInt64(sections[index].byteCount),
            equals: leafCount * SHA256Digest.byteCount
        )
    }

    /// Checks the padding before the weights, because it is small. `verify` checks the other padding.
    private func checkMetadataPadding(_ header: FileHeader, sections: [SectionRecord]) throws(FormatError) {
        var end = header.tensorTableOffset + header.tensorCount * FormatLimits.tensorEntryByteCount
        for section in sections where section.id.kind.isMetadata {
            try requireZero(.padding, end..<section.byteOffset)
            end = section.byteRange.upperBound
        }
        let weights = sections.first { !$0.id.kind.isMetadata }
        try requireZero(.padding, end..<max(end, min(weights?.byteOffset ?? header.fileByteCount, file.byteCount)))
    }
}

// MARK: - Shared by the validator's parts

extension FileValidator {
    /// Returns the position of a section's entry in the section table.
    func sectionEntry(_ index: Int) -> Int {
        FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
    }

    func broken(
        _ rule: FormatRule,
        at offset: Int,
        _ subject: RuleSubject? = nil,
        found: RuleViolation.Finding = .nothing,
        required: RuleViolation.Finding = .nothing
    ) -> FormatError {
        .broken(RuleViolation(rule, at: offset, subject, found: found, required: required))
    }

    func require(
        _ rule: FormatRule,
        _ offset: Int,
        _ subject: RuleSubject? = nil,
        found: UInt64,
        equals required: Int
    ) throws(FormatError) {
        guard found == UInt64(required) else {
            throw broken(rule, at: offset, subject, found: .unsigned(found), required: .number(Int64(required)))
        }
    }

    func requireZero(
        _ rule: FormatRule,
        _ range: Range<Int>,
        _ subject: RuleSubject? = nil
    ) throws(FormatError) {
        if let offset = file.firstNonzero(in: range) {
            throw broken(
                rule,
                at: offset,
                subject,
                found: .number(Int64(file.integer(UInt8.self, at: offset))),
                required: .number(0)
            )
        }
    }
}
