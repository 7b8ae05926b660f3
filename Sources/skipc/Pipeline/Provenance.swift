import Convert
import Model
import Quantize

/// What a file records of its origin: facts that follow from the inputs and options, no times, hosts, users or paths.
struct Provenance {
    let inputs: FrontEnd.Result
    let outputType: OutputType

    func entries() throws -> [ProvenanceEntry] {
        var entries = [
            ProvenanceEntry("tool.name", "skipc"),
            ProvenanceEntry("tool.version", ToolVersion.text),
            ProvenanceEntry("option.outtype", outputType.rawValue),
        ]
        let width = String(inputs.files.count - 1).count
        for (index, file) in inputs.files.enumerated() {
            let number = String(index)
            let key = "source." + String(repeating: "0", count: width - number.count) + number
            entries.append(ProvenanceEntry(key + ".name", file.name))
            entries.append(ProvenanceEntry(key + ".bytes", String(file.byteCount)))
            let header = try file.bytes(inputs.headerRanges[index])
            entries.append(ProvenanceEntry(key + ".header-sha256", SHA256Hasher.hexadecimal(header)))
        }
        return entries
    }
}
