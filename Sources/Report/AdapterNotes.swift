import SkipConvert
import SkipFiles

/// Notes about adapters that may be mistakes.
package enum AdapterNotes {
    /// Returns lines for adapters whose configuration names another base model than the model directory, does not have
    /// a field, or targets modules without tensors.
    package static func lines(_ adapters: [MergedAdapter], modelDirectory: String) -> [String] {
        adapters.flatMap { adapter in
            [otherBase(adapter, modelDirectory), assumed(adapter), missing(adapter)].compactMap { line in
                line.map { "\(ByteString(adapter.name)): \($0)" }
            }
        }
    }

    /// Returns a line for each adapter that was already given before. It is merged once more.
    package static func repeated(_ adapters: [AdapterInput]) -> [String] {
        func path(_ index: Int) -> Substring { adapters[index].path.trimmingSlashes }
        return adapters.indices.filter { index in adapters[..<index].indices.contains { path($0) == path(index) } }
            .map { "\(ByteString(adapters[$0].path)): the same adapter was given before; it is merged again" }
    }

    private static func otherBase(_ adapter: MergedAdapter, _ modelDirectory: String) -> String? {
        let directory = lastComponent(modelDirectory)
        guard let baseModel = adapter.baseModelName.map(lastComponent), !baseModel.isEmpty,
            !baseModel.contains(directory), !directory.contains(baseModel)
        else { return nil }
        return "trained on \"\(ByteString(adapter.baseModelName ?? ""))\"; "
            + "does \(ByteString(modelDirectory)) contain that model?"
    }

    private static func assumed(_ adapter: MergedAdapter) -> String? {
        if adapter.assumptions.isEmpty { return nil }
        return "adapter_config.json does not say it, so PEFT's default is used: "
            + adapter.assumptions.joined(separator: ", ")
    }

    private static func missing(_ adapter: MergedAdapter) -> String? {
        guard let first = adapter.modulesWithoutTensors.first else { return nil }
        let others = adapter.modulesWithoutTensors.count - 1
        return "no tensors for \(ByteString(first))" + (others > 0 ? " and \(others) others" : "")
            + ", which adapter_config.json targets: unchanged"
    }

    private static func lastComponent(_ path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? "").lowercased()
    }
}

extension String {
    fileprivate var trimmingSlashes: Substring {
        var text = self[...]
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
