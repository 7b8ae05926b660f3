import Convert
import Model

/// Says on standard error what is odd about adapters, though it is no mistake for certain.
enum AdapterNotes {
    /// An adapter whose configuration names another base model than the directory that it is merged into.
    static func write(_ adapters: [AppliedAdapter], modelDirectory: String) {
        let directory = lastComponent(modelDirectory)
        for adapter in adapters {
            guard let baseModel = adapter.baseModelName.map(lastComponent), !baseModel.isEmpty,
                !baseModel.contains(directory), !directory.contains(baseModel)
            else { continue }
            StandardError.write(
                "skipc: note: \(ByteString(adapter.name)): trained on \"\(ByteString(adapter.baseModelName ?? ""))\"; "
                    + "is that what \(ByteString(modelDirectory)) holds?\n")
        }
    }

    private static func lastComponent(_ path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? "").lowercased()
    }
}
