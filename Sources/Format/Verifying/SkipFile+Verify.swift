import SkipFiles
import Synchronization

extension SkipFile {
    /// Checks what opening does not check: every hash, the padding between weights, and the int8 records.
    ///
    /// Reads the whole file on `threadCount` threads. Returns all violations in the order of the file; none means that
    /// the file is sound. `progress` is called from any thread.
    public func verify(
        threadCount: Int = 1, progress: (@Sendable (WorkProgress) -> Void)? = nil
    ) -> [FormatError] {
        let counter = ProgressCounter(
            .weights, totalByteCount: tensors.map(\.byteCount).reduce(0, +), report: progress)
        var violations = leafViolations(threadCount: threadCount, counter)
        violations += headerViolations()
        for index in sections.indices { violations += sectionViolations(index) }
        return violations.sorted { ($0.byteOffset, $0.rule.rawValue) < ($1.byteOffset, $1.rule.rawValue) }
            .map { .broken($0) }
    }

    /// Checks the hashes of the tables and of the metadata, which include the configuration and the tokenizer. If none is
    /// broken, the header's root hash identifies everything that the file states, also the hashes of the weights.
    ///
    /// Does not read the weights, and takes about a millisecond.
    public func verifyTables() -> [FormatError] {
        let metadata = sections.indices.filter { sections[$0].id.kind.isMetadata }
        return (headerViolations() + metadata.flatMap { sectionViolations($0) }).map { .broken($0) }
    }

    /// Checks what leads from the root hash to the leaf hashes: the tables, the metadata, and the roots of the weight
    /// sections. If nothing is broken, a leaf whose hash is the stated one is a leaf of the file with this root hash.
    ///
    /// Does not read the weights.
    package func verifyHashTree() -> [FormatError] {
        (headerViolations() + sections.indices.flatMap { rootViolation($0) }).map { .broken($0) }
    }

    private func headerViolations() -> [RuleViolation] {
        let start = FormatLimits.headerByteCount
        let end = header.tensorTableOffset + header.tensorCount * FormatLimits.tensorEntryByteCount
        typealias Field = FileHeader.Offset
        // SAFETY: the validator has checked that both tables are inside the file; the pointers do not leave the calls.
        let computed = unsafe [
            (
                FormatRule.sectionTableHash, Field.sectionTableHash,
                SHA256Digest(hashing: file.bytes(start..<header.tensorTableOffset).bytes)
            ),
            (
                .tensorTableHash, Field.tensorTableHash,
                SHA256Digest(hashing: file.bytes(header.tensorTableOffset..<end).bytes)
            ),
            (
                .rootHash, Field.rootHash,
                FileHeader.rootHash(ofHeader: Array(file.bytes(0..<Field.rootHash)))
            ),
        ]
        return computed.compactMap { rule, offset, digest in
            let stated = file.digest(at: offset)
            return digest == stated
                ? nil : RuleViolation(rule, at: offset, found: .digest(digest), required: .digest(stated))
        }
    }

    /// Checks the hash or the root of a section, and the padding after a weight section.
    private func sectionViolations(_ index: Int) -> [RuleViolation] {
        let section = sections[index]
        if section.id.kind.isMetadata { return rootViolation(index) }
        let end = index + 1 < sections.count ? sections[index + 1].byteOffset : header.fileByteCount
        return rootViolation(index) + paddingViolation(section.byteRange.upperBound..<end, .section(section.id))
    }

    /// Checks the hash of a metadata section's bytes, or the root of a weight section's leaf hashes.
    private func rootViolation(_ index: Int) -> [RuleViolation] {
        let section = sections[index]
        let entry = FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
        let computed: SHA256Digest
        if section.id.kind.isMetadata {
            // SAFETY: the section is inside the file; the pointer does not leave the call.
            computed = unsafe MerkleTree.root(ofMetadata: file.bytes(section.byteRange).bytes)
        } else {
            computed = MerkleTree.root(of: section.leaves.map { leafHash($0) })
        }
        if computed == section.rootHash { return [] }
        return [
            RuleViolation(
                section.id.kind.isMetadata ? .metadataHash : .sectionHash,
                at: entry + SectionRecord.Offset.rootHash,
                .section(section.id),
                found: .digest(computed),
                required: .digest(section.rootHash)
            )
        ]
    }

    private func paddingViolation(_ range: Range<Int>, _ subject: RuleSubject) -> [RuleViolation] {
        guard let offset = file.firstNonzero(in: range) else { return [] }
        return [
            RuleViolation(
                .padding,
                at: offset,
                subject,
                found: .number(Int64(file.integer(UInt8.self, at: offset))),
                required: .number(0)
            )
        ]
    }

    /// Returns the hash that the file states for a leaf.
    package func leafHash(_ index: Int) -> SHA256Digest {
        let table = section(SectionID(.leafHashes))?.byteOffset ?? 0
        return file.digest(at: table + index * SHA256Digest.byteCount)
    }
}

// MARK: - Leaves

extension SkipFile {
    /// Leaves that a thread checks at a time. Hashing several together is faster than one by one.
    private static let leavesPerGroup = 6

    private func leafViolations(threadCount: Int, _ counter: ProgressCounter) -> [RuleViolation] {
        let leafCount = tensors.last?.leaves.end ?? 0
        let groupCount = (leafCount + Self.leavesPerGroup - 1) / Self.leavesPerGroup
        let violations = Mutex<[RuleViolation]>([])
        // Checking a group throws nothing.
        try? parallelForEach(groupCount, threadCount: threadCount) { group in
            let first = group * Self.leavesPerGroup
            let found = check(first..<min(first + Self.leavesPerGroup, leafCount), counter)
            if !found.isEmpty { violations.withLock { $0 += found } }
        }
        return violations.withLock { $0 }
    }

    private func check(_ leaves: Range<Int>, _ counter: ProgressCounter) -> [RuleViolation] {
        let tensorIndices = leaves.map { leaf in tensors.partitioningIndex { $0.leaves.firstLeaf > leaf } - 1 }
        let ranges = zip(leaves, tensorIndices).map { leaf, tensorIndex in
            tensors[tensorIndex].byteRange(ofLeaf: leaf - tensors[tensorIndex].leaves.firstLeaf)
        }
        // SAFETY: the leaves are inside the file; the pointer does not leave the call.
        let hashes = unsafe SHA256Digest.hashing(
            ranges, of: file.bytes(0..<file.byteCount).bytes, prefix: MerkleTree.leafPrefix)
        counter.add(ranges.map(\.count).reduce(0, +))
        return leaves.enumerated().flatMap { position, leaf in
            check(leaf, of: tensorIndices[position], at: ranges[position], computed: hashes[position])
        }
    }

    private func check(
        _ leaf: Int, of tensorIndex: Int, at range: Range<Int>, computed: SHA256Digest
    ) -> [RuleViolation] {
        let tensor = tensors[tensorIndex]
        let stated = leafHash(leaf)
        var found: [RuleViolation] = []
        if computed != stated {
            found.append(
                RuleViolation(
                    .leafHash,
                    at: range.lowerBound,
                    .tensor(tensor.id),
                    found: .digest(computed),
                    required: .digest(stated)
                )
            )
        }
        if tensor.elementType == .int8 {
            let records = QuantizedRecords(file: file, tensor: tensor)
            if let violation = records.violation(inLeaf: leaf - tensor.leaves.firstLeaf) { found.append(violation) }
        }
        let isFirstOfSection = sections[tensor.sectionIndex].tensors.lowerBound == tensorIndex
        if leaf == tensor.leaves.firstLeaf, !isFirstOfSection {
            let previousEnd = tensors[tensorIndex - 1].byteRange.upperBound
            found += paddingViolation(previousEnd..<tensor.byteOffset, .tensor(tensor.id))
        }
        return found
    }
}
