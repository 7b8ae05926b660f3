import SkipModel

/// A configuration in a few lines.
package struct ModelSummary {
    package let lines: [(key: String, value: String)]

    package init(_ configuration: ModelConfiguration) {
        let layers = configuration.layers
        func routed(_ module: RoutedModule) -> Int { layers.count { $0.router(module) != .none } }
        let kinds = Set(layers.flatMap { [$0.attentionRouter, $0.mlpRouter] }.compactMap(\.name)).sorted()
        let routers =
            kinds.isEmpty
            ? "none: every module runs"
            : "\(kinds.joined(separator: ", ")); attention in \(routed(.attention)) and MLP in \(routed(.mlp)) of \(layers.count) layers"
        lines = [
            ("architecture", "\(configuration.architecture)"),
            ("layers", "\(layers.count)"),
            (
                "width",
                "\(configuration.hiddenSize), MLP \(configuration.intermediateSize), "
                    + "\(configuration.attentionHeadCount) heads of \(configuration.headDimension), "
                    + "\(configuration.keyValueHeadCount) key-value heads"
            ),
            ("vocabulary", "\(configuration.vocabularySize)" + (configuration.tiesWordEmbeddings ? ", tied head" : "")),
            ("positions", "\(configuration.maximumPositionCount)"),
            ("routers", routers),
        ]
    }
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
