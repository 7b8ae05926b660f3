import Model
import Synchronization

extension SkipFile {
    /// Checks all that opening does not: every hash, that the padding of the weights is zero, and what int8 records hold. Reads the whole file
    /// with `threadCount` threads and gives everything that is damaged, in the order of the file; empty means sound.
    public func verify(sha256: any SHA256Hashing, threadCount: Int = 1) -> [FormatError] {
        let job = VerifyJob(skipFile: self, sha256: sha256)
        WorkerThreads.run(min(threadCount, tensors.count)) { job.work() }
        var violations = job.violations.withLock { $0 }
        violations += headerViolations(sha256)
        for index in sections.indices { violations += sectionViolations(index, sha256) }
        return violations.sorted { ($0.byteOffset, $0.rule.rawValue) < ($1.byteOffset, $1.rule.rawValue) }
            .map { .broken($0) }
    }

    private func headerViolations(_ sha256: any SHA256Hashing) -> [RuleViolation] {
        let start = FormatLimits.headerByteCount
        let end = header.tensorTableOffset + header.tensorCount * FormatLimits.tensorEntryByteCount
        typealias Field = FileHeader.Offset
        // SAFETY: the validator has bounded both tables; the pointers do not leave the calls.
        let computed = unsafe [
            (
                FormatRule.sectionTableHash, Field.sectionTableHash,
                sha256(nil, file.bytes(start..<header.tensorTableOffset).bytes)
            ),
            (.tensorTableHash, Field.tensorTableHash, sha256(nil, file.bytes(header.tensorTableOffset..<end).bytes)),
            (
                .rootHash, Field.rootHash,
                FileHeader.rootHash(ofHeader: Array(file.bytes(0..<Field.rootHash)), sha256: sha256)
            ),
        ]
        return computed.compactMap { rule, offset, digest in
            let stated = file.digest(at: offset)
            return digest == stated
                ? nil : RuleViolation(rule, at: offset, found: .digest(digest), required: .digest(stated))
        }
    }

    /// A metadata section's bytes, or a weight section's leaf hashes, against the root in its entry; and the padding
    /// after a weight section.
    private func sectionViolations(_ index: Int, _ sha256: any SHA256Hashing) -> [RuleViolation] {
        let section = sections[index]
        let entry = FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
        let computed: SHA256Digest
        if section.id.kind.isMetadata {
            // SAFETY: the section lies inside the file; the pointer does not leave the call.
            computed = unsafe MerkleTree.root(ofMetadata: file.bytes(section.byteRange).bytes, sha256: sha256)
        } else {
            computed = MerkleTree.root(of: section.leaves.map { leafHash($0) }, sha256: sha256)
        }
        var violations: [RuleViolation] = []
        if computed != section.rootHash {
            violations.append(
                RuleViolation(
                    section.id.kind.isMetadata ? .metadataHash : .sectionHash,
                    at: entry + SectionRecord.Offset.rootHash,
                    .section(section.id),
                    found: .digest(computed),
                    required: .digest(section.rootHash)
                )
            )
        }
        if !section.id.kind.isMetadata {
            let end = index + 1 < sections.count ? sections[index + 1].byteOffset : header.fileByteCount
            violations += paddingViolation(section.byteRange.upperBound..<end, .section(section.id))
        }
        return violations
    }

    fileprivate func paddingViolation(_ range: Range<Int>, _ subject: RuleSubject) -> [RuleViolation] {
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

    /// The stated hash of a leaf.
    fileprivate func leafHash(_ index: Int) -> SHA256Digest {
        let table = section(SectionID(.leafHashes))?.byteOffset ?? 0
        return file.digest(at: table + index * SHA256Digest.byteCount)
    }
}

/// The threads' common work: leaves are taken from a counter.
@safe
private final class VerifyJob: @unchecked Sendable {
    // SAFETY: everything is immutable, atomic or behind a lock.
    private let skipFile: SkipFile
    private let sha256: any SHA256Hashing
    private let leafCount: Int
    private let nextLeaf = Atomic<Int>(0)
    let violations = Mutex<[RuleViolation]>([])

    /// Leaves that a thread takes at a time, to be hashed together.
    private static let leavesAtOnce = 6

    init(skipFile: SkipFile, sha256: any SHA256Hashing) {
        self.skipFile = skipFile
        self.sha256 = sha256
        leafCount = skipFile.tensors.last?.leaves.end ?? 0
    }

    func work() {
        while true {
            let first = nextLeaf.wrappingAdd(Self.leavesAtOnce, ordering: .relaxed).oldValue
            guard first < leafCount else { return }
            let found = check(first..<min(first + Self.leavesAtOnce, leafCount))
            if !found.isEmpty { violations.withLock { $0 += found } }
        }
    }

    private func check(_ leaves: Range<Int>) -> [RuleViolation] {
        let tensorIndices = leaves.map { leaf in
            skipFile.tensors.partitioningIndex { $0.leaves.firstLeaf > leaf } - 1
        }
        let ranges = zip(leaves, tensorIndices).map { leaf, tensorIndex in
            let tensor = skipFile.tensors[tensorIndex]
            return tensor.byteRange(ofLeaf: leaf - tensor.leaves.firstLeaf)
        }
        // SAFETY: the leaves lie inside the file; the pointer does not leave the call.
        let hashes = unsafe sha256(
            MerkleTree.leafPrefix, ranges, of: skipFile.file.bytes(0..<skipFile.file.byteCount).bytes)
        return leaves.enumerated().flatMap { position, leaf in
            check(leaf, of: tensorIndices[position], at: ranges[position], computed: hashes[position])
        }
    }

    private func check(
        _ leaf: Int, of tensorIndex: Int, at range: Range<Int>, computed: SHA256Digest
    ) -> [RuleViolation] {
        let tensor = skipFile.tensors[tensorIndex]
        let stated = skipFile.leafHash(leaf)
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
            let records = QuantizedRecords(file: skipFile.file, tensor: tensor)
            if let violation = records.violation(inLeaf: leaf - tensor.leaves.firstLeaf) { found.append(violation) }
        }
        let isFirstOfSection = skipFile.sections[tensor.sectionIndex].tensors.lowerBound == tensorIndex
        if leaf == tensor.leaves.firstLeaf, !isFirstOfSection {
            let previousEnd = skipFile.tensors[tensorIndex - 1].byteRange.upperBound
            found += skipFile.paddingViolation(previousEnd..<tensor.byteOffset, .tensor(tensor.id))
        }
        return found
    }
}
