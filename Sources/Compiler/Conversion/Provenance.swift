import SkipConvert
import SkipFiles
import SkipFormat
import SkipModel

/// What a file records about its origin: facts from the inputs and options, no times, hosts, users or paths.
struct Provenance {
    let inputs: FrontEnd.Result
    /// The options that determine types.
    let typeEntries: [ProvenanceEntry]
    /// The SHA-256 of whole files; nil if it was not requested.
    let sourceHashes: [SHA256Digest]?
    /// What the model is, from the files of its directory or from the user.
    let metadata: [ProvenanceEntry]

    /// The program that wrote the file.
    static let tool = [
        ProvenanceEntry("tool.name", "skipc"), ProvenanceEntry("tool.version", ToolVersion.text),
    ]

    func entries() throws(InputError) -> [ProvenanceEntry] {
        var entries = Self.tool + typeEntries + metadata
        for (index, file) in inputs.files.enumerated() {
            let key = Self.key("source", index, of: inputs.files.count)
            entries.append(ProvenanceEntry(key + ".name", file.name))
            entries.append(ProvenanceEntry(key + ".bytes", String(file.byteCount)))
            let header = try file.bytes(inputs.headerRanges[index])
            let hash = SHA256Digest(hashing: header)
            entries.append(ProvenanceEntry(key + ".header-sha256", "\(hash)"))
            if let sourceHashes { entries.append(ProvenanceEntry(key + ".sha256", "\(sourceHashes[index])")) }
        }
        for (index, adapter) in inputs.adapters.enumerated() {
            let key = Self.key("adapter", index, of: inputs.adapters.count)
            entries += adapter.facts.map { ProvenanceEntry("\(key).\($0.key)", $0.value) }
        }
        if let kernel = inputs.productKernelName { entries.append(ProvenanceEntry("blas.kernel", kernel)) }
        return entries
    }

    /// Returns a numbered key: `source.07` of twelve. The numbers have the same width, so that keys sort by number.
    static func key(_ name: String, _ index: Int, of count: Int) -> String {
        let number = String(index)
        return name + "." + String(repeating: "0", count: String(count - 1).count - number.count) + number
    }
}

extension MergedAdapter {
    /// What a file records about an adapter. Keys are lower-case words with hyphens.
    package var facts: [(key: String, value: String)] {
        var facts = [
            ("name", name), ("scale", "\(scale)"), ("tensors", "\(appliedCount)"), ("adapted", "\(adaptedCount)"),
            ("replaced", "\(replacedCount)"),
        ]
        if !ranks.isEmpty {
            facts.append(("alpha", Self.list(alphas)))
            facts.append(("rank", Self.list(ranks)))
            facts.append(("effective-scale", Self.list(effectiveScales)))
            facts.append(("method", methodName))
        }
        return facts
    }

    package var methodName: String {
        let names = [usesMagnitudes ? "DoRA" : "LoRA", usesRankStabilizedScale ? "rank-stabilized" : nil]
        return names.compactMap { $0 }.joined(separator: ", ")
    }

    private static func list(_ values: [some CustomStringConvertible]) -> String {
        let shown =
            values.count > 8
            ? values.prefix(4).map(\.description) + ["…"] + values.suffix(3).map(\.description)
            : values.map(\.description)
        return shown.joined(separator: ", ")
    }
}

extension ModelMetadata {
    /// Returns what a file records: the facts of the directory, replaced or completed by those that the user gave.
    func entries(with given: [MetadataEntry]) -> [ProvenanceEntry] {
        var found = entries
        if let chatTemplate {
            found.append(ProvenanceEntry(MetadataKey.chatTemplateHash, "\(SHA256Digest(hashing: chatTemplate))"))
        }
        let keys = Set(given.map(\.key))
        return found.filter { !keys.contains($0.key) } + given.map { ProvenanceEntry($0.key, $0.value) }
    }
}
