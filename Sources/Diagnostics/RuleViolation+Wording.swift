import SkipFiles
import SkipFormat

extension RuleViolation {
    /// Whether the position says nothing, because the violation concerns the file as a whole.
    var concernsWholeFile: Bool {
        switch rule {
        case .regularFile, .headerPresent, .fileByteCount: true
        default: false
        }
    }

    /// What is wrong with the file.
    var message: String {
        switch rule {
        case .regularFile: "not a regular file"
        case .headerPresent: "not a .skipgpt file, or cut off: it has only \(found) bytes"
        case .magic: "not a .skipgpt file: it begins with the bytes \(found)"
        case .fileByteCount:
            isCutOff ? "cut off: \(found) of \(required) bytes" : "too long: \(found) instead of \(required) bytes"
        case .majorVersion: "written in version \(found) of the format, but this program reads version \(required)"
        case .incompatibleFeatures: "it uses features that this program does not know: bits \(found)"
        case .headerChecksum: "damaged: the header has changed"
        case .tablesChecksum, .sectionTableHash, .tensorTableHash, .rootHash: "damaged: the tables have changed"
        case .metadataHash: "damaged: the section has changed"
        case .leafHash: "damaged: this block of weights has changed"
        case .sectionHash: "damaged: the hashes of the section's blocks have changed"
        case .padding: "damaged: a byte between sections or tensors is not zero"
        default:
            (rule.meansUnsupported ? "not supported by this program" : "not valid")
                + ": the format requires that \(rule.statement)" + values
        }
    }

    /// What the user can do about it.
    var hint: String? {
        switch rule {
        case .regularFile: "give a .skipgpt file"
        case .magic: "give a .skipgpt file; `skipc convert` writes one from a checkpoint"
        case .headerPresent: "copy it again, or write it with `skipc convert`"
        case .headerChecksum, .fileByteCount, .tablesChecksum, .sectionTableHash, .tensorTableHash, .rootHash,
            .metadataHash, .leafHash, .sectionHash, .padding:
            "copy it again"
        case _ where rule.meansUnsupported: "a newer version of skipc wrote the file; use that version"
        default: "copy it again, or convert it again"
        }
    }

    private var isCutOff: Bool {
        guard case .number(let actual) = found, case .unsigned(let stated) = required else { return true }
        return actual < 0 || UInt64(actual) < stated
    }

    private var values: String {
        let found = self.found == .nothing ? nil : "found \(self.found)"
        let required = self.required == .nothing ? nil : "needed \(self.required)"
        let values = [found, required].compactMap(\.self)
        return values.isEmpty ? "" : ": " + values.joined(separator: ", ")
    }
}

extension RuleViolation.Finding: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothing: ""
        case .number(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .real(let number): "\(number)"
        case .bytes(let bytes):
            bytes.map { String($0, radix: 16) }.map { $0.count == 1 ? "0" + $0 : $0 }.joined(separator: " ")
        case .range(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .dimensions(let dimensions): "\(dimensions)"
        case .digest(let digest): "\(digest)"
        }
    }
}
