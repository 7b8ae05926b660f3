import SkipConvert
import SkipFiles

/// Notes about adapters that may be mistakes.
package enum AdapterNotes {
    /// Returns a line for each adapter whose configuration names another base model than the model directory.
    package static func lines(_ adapters: [MergedAdapter], modelDirectory: String) -> [String] {
        let directory = lastComponent(modelDirectory)
        return adapters.compactMap { adapter in
            guard let baseModel = adapter.baseModelName.map(lastComponent), !baseModel.isEmpty,
                !baseModel.contains(directory), !directory.contains(baseModel)
            else { return nil }
            return "\(ByteString(adapter.name)): trained on \"\(ByteString(adapter.baseModelName ?? ""))\"; "
                + "does \(ByteString(modelDirectory)) contain that model?"
        }
    }

    private static func lastComponent(_ path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? "").lowercased()
    }
}
