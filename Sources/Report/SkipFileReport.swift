import SkipDiagnostics
import SkipFiles
import SkipFormat
import SkipModel

/// The contents of a `.skipgpt` file.
package struct SkipFileReport: JSONConvertible {
    package struct Section: JSONConvertible {
        let name: String
        let byteOffset: Int
        let byteCount: Int
        let rootHash: String

        package var json: JSONDocument {
            [
                "name": .string(name),
                "byteOffset": .integer(byteOffset),
                "byteCount": .integer(byteCount),
                "rootHash": .string(rootHash),
            ]
        }
    }

    package struct Tensor: JSONConvertible {
        let name: String
        let type: String
        let shape: [Int]
        let byteOffset: Int
        let byteCount: Int
        /// The error of an int8 tensor; nil for other types.
        let quantization: QuantizedTensorReport?

        package var json: JSONDocument {
            [
                "name": .string(name),
                "type": .string(type),
                "shape": .array(shape),
                "byteOffset": .integer(byteOffset),
                "byteCount": .integer(byteCount),
                "quantization": .optional(quantization),
            ]
        }
    }

    let file: String
    let formatVersion: String
    let byteCount: Int
    let rootHash: String
    let model: ModelSummary
    let hasTokenizer: Bool
    let provenance: [String: String]
    let sections: [Section]
    /// Nil if tensors are not to be listed.
    let tensors: [Tensor]?
    /// Nil if no tensor is int8.
    let quantization: QuantizationSummary?

    package init(_ opened: SkipFile, path: String, listsTensors: Bool) {
        file = ByteString(path).description
        formatVersion = "\(opened.header.majorVersion).\(opened.header.minorVersion)"
        byteCount = opened.header.fileByteCount
        rootHash = "\(opened.header.rootHash)"
        model = ModelSummary(opened.configuration, tensors: opened.tensors.map(\.id))
        hasTokenizer = unsafe opened.tokenizerTable != nil
        provenance = Dictionary(
            uniqueKeysWithValues: opened.provenance.map { ($0.key, ByteString($0.value).description) })
        sections = opened.sections.map {
            Section(name: "\($0.id)", byteOffset: $0.byteOffset, byteCount: $0.byteCount, rootHash: "\($0.rootHash)")
        }
        let quantized = QuantizedTensorReport.reports(of: opened.tensors, opened.figures)
        let figures = Dictionary(quantized.map { ($0.tensor, $0) }) { first, _ in first }
        tensors = listsTensors ? opened.tensors.map { Tensor($0, figures["\($0.id)"]) } : nil
        quantization = QuantizationSummary(opened.tensors, opened.figures)
    }

    package var text: String {
        var lines: [(key: String, value: String)] = [
            ("file", file),
            ("format", ".skipgpt \(formatVersion), \(ByteCount.text(byteCount)) (\(byteCount) bytes)"),
            ("root hash", rootHash),
        ]
        let facts = provenance.map { (key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
        lines += facts.filter { Self.describesModel($0.key) }
        lines += model.lines
        lines.append(("tokenizer", hasTokenizer ? "yes" : "none"))
        if let quantization { lines.append(("int8", quantization.text)) }
        lines += facts.filter { !Self.describesModel($0.key) }
        var text = KeyValueLines.text(lines)
        if let tensors {
            text += "\n"
            let width = tensors.map(\.name.count).max() ?? 0
            for tensor in tensors {
                let padding = String(repeating: " ", count: width - tensor.name.count + 2)
                text +=
                    "\(tensor.name)\(padding)\(tensor.type) \(tensor.shape)  \(tensor.byteCount) bytes at \(tensor.byteOffset)"
                    + (tensor.quantization.map { "; \($0.text)" } ?? "") + "\n"
            }
        }
        return text
    }

    private static func object(_ facts: [String: String]) -> JSONDocument {
        .object(facts.sorted { $0.key < $1.key }.map { JSONDocument.Member(ByteString($0.key), .string($0.value)) })
    }

    /// Whether a fact says what the model is, instead of how the file was made.
    private static func describesModel(_ key: String) -> Bool {
        ["model.", "generation.", "chat-template."].contains(where: key.hasPrefix)
    }

    package var json: JSONDocument {
        [
            "kind": "skipgpt",
            "file": .string(file),
            "formatVersion": .string(formatVersion),
            "byteCount": .integer(byteCount),
            "rootHash": .string(rootHash),
            "metadata": Self.object(provenance.filter { Self.describesModel($0.key) }),
            "model": model.json,
            "hasTokenizer": .bool(hasTokenizer),
            "provenance": Self.object(provenance),
            "sections": .array(sections),
            "tensors": tensors.map { .array($0) } ?? .null,
            "quantization": .optional(quantization),
        ]
    }
}

extension SkipFileReport.Tensor {
    package init(_ tensor: TensorRecord, _ figures: QuantizedTensorReport?) {
        name = "\(tensor.id)"
        type = tensor.storage.description
        shape = tensor.shape.dimensions
        byteOffset = tensor.byteOffset
        byteCount = tensor.byteCount
        quantization = figures
    }
}
