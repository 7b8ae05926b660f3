import SkipConvert
import SkipFiles

/// Notes about adapters that look odd but need not be mistakes.
package enum AdapterNotes {
    /// A line for each adapter whose configuration names another base model than the directory that it is merged into.
    package static func lines(_ adapters: [MergedAdapter], modelDirectory: String) -> [String] {
        let directory = lastComponent(modelDirectory)
        return adapters.compactMap { adapter in
            guard let baseModel = adapter.baseModelName.map(lastComponent), !baseModel.isEmpty,
                !baseModel.contains(directory), !directory.contains(baseModel)
            else { return nil }
            return "\(ByteString(adapter.name)): trained on \"\(ByteString(adapter.baseModelName ?? ""))\"; "
                + "is that what \(ByteString(modelDirectory)) holds?"
        }
    }

    private static func lastComponent(_ path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? "").lowercased()
    }
}
