import SkipConvert
import SkipDiagnostics
import SkipFiles
import SkipModel

/// The contents of a Hugging Face directory: the configuration, and the headers of the checkpoint.
package struct ModelDirectoryReport: JSONConvertible {
    struct File: JSONConvertible {
        let name: String
        let byteCount: Int
        let tensorCount: Int

        var json: JSONDocument {
            ["name": .string(name), "byteCount": .integer(byteCount), "tensorCount": .integer(tensorCount)]
        }
    }

    struct Tensor: JSONConvertible {
        let name: String
        let type: String
        let shape: [Int]

        var json: JSONDocument { ["name": .string(name), "type": .string(type), "shape": .array(shape)] }
    }

    let directory: String
    /// What the directory says about the model, by key.
    let metadata: [(key: String, value: String)]
    let model: ModelSummary
    let notes: [ConfigurationNote]
    let files: [File]
    /// The tensors of the model, under their names in a plain checkpoint.
    let tensors: [Tensor]
    let leftOut: [LeftOutTensor]
    let hasTokenizer: Bool
    private let listsTensors: Bool

    /// Reads the directory's configuration and headers. Routers are those of the checkpoint or, if it has none, of
    /// `routers.safetensors` in the directory. Throws what a conversion would.
    package init(reading directory: String, listsTensors: Bool) throws(InputError) {
        let result = try Self.read(directory)
        self.directory = ByteString(directory).description
        metadata = try ModelMetadata(directory: directory).entries.sorted { $0.key < $1.key }.map {
            ($0.key, ByteString($0.value).description)
        }
        model = ModelSummary(result.graph.configuration, tensors: result.graph.tensors.map(\.id))
        notes = result.configurationNotes
        files = result.files.map { file in
            File(
                name: ByteString(file.name).description, byteCount: file.byteCount,
                tensorCount: result.ledger.count { $0.file == file.path })
        }
        tensors = result.weights.map { weight in
            let source = weight.plan.sources.first
            return Tensor(
                name: weight.name.description, type: source?.elementType.shortName ?? "",
                shape: source?.shape.dimensions ?? [])
        }
        leftOut = result.leftOut
        hasTokenizer = if case .tokenizer = try TokenizerContents(of: directory) { true } else { false }
        self.listsTensors = listsTensors
    }

    private static func read(_ directory: String) throws(InputError) -> FrontEnd.Result {
        var frontEnd = FrontEnd(modelDirectory: directory)
        frontEnd.routerFallback = .directory
        return try frontEnd.read()
    }

    /// The number of tensors of each type, by name.
    private var types: [(name: String, count: Int)] {
        Dictionary(grouping: tensors, by: \.type).map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
    }

    package var text: String {
        var lines: [(key: String, value: String)] = [("directory", directory)]
        lines += metadata
        lines += model.lines
        lines.append(("tokenizer", hasTokenizer ? "yes" : "none"))
        let counts = types.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        lines.append(("tensors", types.count == 1 ? "\(counts)" : "\(tensors.count): \(counts)"))
        lines += files.map { ("file", "\($0.name), \(ByteCount.text($0.byteCount)), \($0.tensorCount) tensors") }
        lines += (ConfigurationNotes.lines(notes) + LeftOutNotes.lines(leftOut)).map { ("note", $0) }
        var text = KeyValueLines.text(lines)
        guard listsTensors else { return text }
        text += "\n"
        let width = tensors.map(\.name.count).max() ?? 0
        for tensor in tensors {
            let padding = String(repeating: " ", count: width - tensor.name.count + 2)
            text += "\(tensor.name)\(padding)\(tensor.type) \(tensor.shape)\n"
        }
        return text
    }

    package var json: JSONDocument {
        [
            "kind": "modelDirectory",
            "directory": .string(directory),
            "metadata": .object(metadata.map { JSONDocument.Member(ByteString($0.key), .string($0.value)) }),
            "model": model.json,
            "hasTokenizer": .bool(hasTokenizer),
            "notes": .array(notes.map(ConfigurationNoteReport.init)),
            "tensorCount": .integer(tensors.count),
            "tensorTypes": .object(types.map { JSONDocument.Member(ByteString($0.name), .integer($0.count)) }),
            "files": .array(files),
            "leftOut": .array(leftOut.map { ["name": .string($0.name), "reason": .string($0.reason.words)] }),
            "tensors": listsTensors ? .array(tensors) : .null,
        ]
    }
}
