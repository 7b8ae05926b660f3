import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipPackage

extension PackageError: Diagnosable {
    package var diagnostic: Diagnostic {
        switch self {
        case .broken(let violation, let path): violation.diagnostic(path: path)
        case .model(let error): error.diagnostic
        case .input(let error): error.diagnostic
        case .output(let error): error.diagnostic
        case .incomplete(let path, let missing, let partialPath): missing.diagnostic(path, partialPath)
        case .selfCheck:
            Diagnostic(
                .internalError, "the written file is not valid when read back",
                hint: "the disk or the memory may be faulty, or this is a bug of skipc")
        case .memoryRefused:
            Diagnostic(
                .system, "not enough memory for compression",
                hint: "use fewer threads (-t), or raise the limit of the address space (ulimit -v)")
        case .partTooSmall(let byteCount):
            Diagnostic(.usage, "a part needs at least \(byteCount) bytes", hint: "give a greater --split-max-size")
        case .cancelled: Diagnostic(.internalError, "cancelled")
        }
    }
}

extension MissingBlocks {
    func diagnostic(_ path: String, _ partialPath: String?) -> Diagnostic {
        guard let first = failures.first else { return Diagnostic(.internalError, "no block is missing") }
        var message = "\(failures.count) of \(blockCount) blocks are missing or damaged"
        let ranges = byteRanges
        let shown = ranges.prefix(Self.rangeLimit).map { path, range in
            "bytes \(range.lowerBound)-\(range.upperBound - 1) of \(ByteString(path))"
        }
        if !shown.isEmpty { message += ": " + shown.joined(separator: ", ") }
        if ranges.count > shown.count { message += " and \(ranges.count - shown.count) more ranges" }
        if let partialPath { message += "; the others are in \(ByteString(partialPath))" }
        let hint =
            ranges.isEmpty
            ? "give the missing parts, and run the command again"
            : "fetch these bytes again (curl -r), put them at their place, and run the command again; "
                + "it continues from what is there"
        return Diagnostic(
            .malformed, rule: first.violation.rule.id, place: "\(ByteString(path))", message, hint: hint)
    }

    private static let rangeLimit = 4
}

extension PackageViolation {
    /// Returns the wording of a violation in the package at `path`.
    func diagnostic(path: String) -> Diagnostic {
        var place = "\(ByteString(path))"
        if !concernsWholeFile { place += ": byte \(byteOffset) (0x\(String(byteOffset, radix: 16)))" }
        if let block { place += ", block \(block)" }
        return Diagnostic(
            rule.meansUnsupported ? .unsupported : .malformed, rule: rule.id, place: place, message, hint: hint)
    }

    private var concernsWholeFile: Bool {
        [.regularFile, .headerPresent, .packageByteCount, .frontPresent, .base, .parts, .partialOutput, .repairedFile]
            .contains(rule)
    }

    private var message: String {
        switch rule {
        case .regularFile: "not a regular file"
        case .headerPresent: "not a .skipz package, or cut off: it has only \(found) bytes"
        case .magic: "not a .skipz package: it begins with the bytes \(found)"
        case .majorVersion: "written in version \(found) of the format, but this program reads version \(required)"
        case .incompatibleFeatures: "it uses features that this program does not know: bits \(found)"
        case .headerChecksum: "damaged: the header has changed"
        case .indexChecksum: "damaged: the index has changed"
        case .packageByteCount: "not as long as its header states: \(found) instead of \(required) bytes"
        case .frontPresent: "cut off before its weights: \(found) of the first \(required) bytes are there"
        case .blockPresent: "cut off: the block is not there"
        case .planes, .frameHeader, .frame, .blockHash: "damaged: the block has changed (\(rule.statement))"
        case .base where found == .nothing: "a delta, which needs its base: the file with root hash \(required)"
        case .base where required == .nothing: "not a delta, so that it has no base"
        case .base: "a delta for another base: that with root hash \(required), not \(found)"
        case .baseIsOther: "the base is the same file: root hash \(found)"
        case .parts: "part \(found) does not belong to the others, or the first part is not there"
        case .partialOutput: "the partial output of another file, with root hash \(found)"
        case .repairedFile: "another file than that in the package: root hash \(found), needed \(required)"
        default:
            (rule.meansUnsupported ? "not supported by this program" : "not valid")
                + ": the package format requires that \(rule.statement)" + values
        }
    }

    private var values: String {
        let values = [
            found == .nothing ? nil : "found \(found)", required == .nothing ? nil : "needed \(required)",
        ].compactMap(\.self)
        return values.isEmpty ? "" : ": " + values.joined(separator: ", ")
    }

    private var hint: String? {
        switch rule {
        case .regularFile, .magic: "give a package that `skipc pack` wrote"
        case .base where required == .nothing: "omit --base"
        case .base, .baseBlocks: "give the file that the delta was made from: --base OLD.skipgpt"
        case .baseIsOther: "nothing needs to be sent"
        case .parts: "put all parts into one directory, and give any of them"
        case .partialOutput: "remove it, or give another name for the output"
        case .repairedFile: "unpack the package instead"
        case _ where rule.meansUnsupported: "a newer version of skipc wrote the package; use that version"
        default: "fetch it again"
        }
    }
}
