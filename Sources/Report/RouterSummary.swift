import SkipFiles
import SkipModel

/// The kinds of the routers of all layers.
struct RouterSummary: JSONConvertible {
    let layers: [LayerConfiguration]

    /// `mlp (144): attention in 30 and MLP in 30 of 30 layers`; nil without routers.
    var text: String? {
        let kinds = Set(layers.flatMap { [$0.attentionRouter, $0.mlpRouter] }.compactMap(\.name)).sorted()
        if kinds.isEmpty { return nil }
        let modules = [("attention", RoutedModule.attention), ("MLP", .mlp)].map { name, module in
            "\(name) in \(layerCount(module))"
        }
        return "\(kinds.joined(separator: ", ")): \(modules.joined(separator: " and ")) of \(layers.count) layers"
    }

    /// The number of layers with a router of the module.
    func layerCount(_ module: RoutedModule) -> Int { layers.count { $0.router(module) != .none } }

    /// The kind of the router of each layer.
    var json: JSONDocument { ["attention": .array(names(.attention)), "mlp": .array(names(.mlp))] }

    private func names(_ module: RoutedModule) -> [String] { layers.map { $0.router(module).name ?? "none" } }
}

extension RouterKind {
    /// `linear` or `mlp (144)`; nil for no router.
    var name: String? {
        switch self {
        case .none: nil
        case .linear: "linear"
        case .mlp(let hiddenWidth): "mlp (\(hiddenWidth))"
        }
    }
}
