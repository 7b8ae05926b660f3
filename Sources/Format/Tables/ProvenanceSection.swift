import SkipFiles
import SkipModel

/// The provenance section: recorded facts about the file's origin, sorted by key.
///
/// `u32` count; then per entry `u32` key length, `u32` value length, key bytes, value bytes. No padding within.
enum ProvenanceSection {
    /// Sorts, checks and encodes entries. Returns no bytes for no entries, because there is no section then.
    static func encode(_ entries: [ProvenanceEntry]) throws(LayoutError) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var writer = ByteWriter()
        writer.append(UInt32(truncatingIfNeeded: sorted.count))
        var previous: [UInt8] = []
        for (index, entry) in sorted.enumerated() {
            let key = Array(entry.key.utf8)
            let value = Array(entry.value.utf8)
            guard isKey(key), previous.lexicographicallyPrecedes(key) else {
                throw LayoutError(.provenanceKey, .provenance(index), found: .bytes(key))
            }
            guard value.count <= FormatLimits.maximumProvenanceValueByteCount else {
                throw LayoutError(.provenanceValue, .provenance(index), found: .number(Int64(value.count)))
            }
            writer.append(UInt32(key.count))
            writer.append(UInt32(value.count))
            writer.append(key)
            writer.append(value)
            previous = key
        }
        guard writer.bytes.count <= FormatLimits.maximumProvenanceByteCount else {
            throw LayoutError(.provenanceStructure, nil, found: .number(Int64(writer.bytes.count)))
        }
        return writer.bytes
    }

    /// Reads and checks the section at `range`.
    static func decode(_ file: MappedFile, _ range: Range<Int>) throws(FormatError) -> [ProvenanceEntry] {
        guard range.count >= 4, range.count <= FormatLimits.maximumProvenanceByteCount else {
            throw .broken(RuleViolation(.provenanceStructure, at: range.lowerBound, found: .number(Int64(range.count))))
        }
        let count = Int(file.integer(UInt32.self, at: range.lowerBound))
        // An entry needs at least nine bytes. The check bounds the count before anything is allocated.
        guard count > 0, count <= (range.count - 4) / 9 else {
            throw .broken(RuleViolation(.provenanceStructure, at: range.lowerBound, found: .number(Int64(count))))
        }
        var entries: [ProvenanceEntry] = []
        var previous: [UInt8] = []
        var position = range.lowerBound + 4
        for index in 0..<count {
            let (key, value, next) = try entry(file, at: position, index: index, end: range.upperBound)
            guard isKey(key), previous.lexicographicallyPrecedes(key) else {
                throw .broken(RuleViolation(.provenanceKey, at: position + 8, .provenance(index), found: .bytes(key)))
            }
            guard value.count <= FormatLimits.maximumProvenanceValueByteCount,
                let text = String(validating: value, as: UTF8.self)
            else {
                throw .broken(
                    RuleViolation(
                        .provenanceValue,
                        at: position + 8 + key.count,
                        .provenance(index),
                        found: .number(Int64(value.count))
                    )
                )
            }
            entries.append(ProvenanceEntry(String(decoding: key, as: UTF8.self), text))
            previous = key
            position = next
        }
        guard position == range.upperBound else {
            throw .broken(RuleViolation(.provenanceStructure, at: position, required: .number(Int64(range.upperBound))))
        }
        return entries
    }

    private static func entry(
        _ file: MappedFile,
        at position: Int,
        index: Int,
        end: Int
    ) throws(FormatError) -> (key: [UInt8], value: [UInt8], next: Int) {
        guard end - position >= 8 else {
            throw .broken(RuleViolation(.provenanceStructure, at: position, .provenance(index)))
        }
        let keyByteCount = Int(file.integer(UInt32.self, at: position))
        let valueByteCount = Int(file.integer(UInt32.self, at: position + 4))
        let keyStart = position + 8
        guard keyByteCount + valueByteCount <= end - keyStart else {
            throw .broken(
                RuleViolation(
                    .provenanceStructure,
                    at: position,
                    .provenance(index),
                    found: .number(Int64(keyByteCount + valueByteCount)),
                    required: .number(Int64(end - keyStart))
                )
            )
        }
        let valueStart = keyStart + keyByteCount
        // SAFETY: the guard above bounds both ranges by the section's end; the arrays are copies.
        return unsafe (
            Array(file.bytes(keyStart..<valueStart)), Array(file.bytes(valueStart..<valueStart + valueByteCount)),
            valueStart + valueByteCount
        )
    }

    private static func isKey(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.count <= FormatLimits.maximumProvenanceKeyByteCount
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
