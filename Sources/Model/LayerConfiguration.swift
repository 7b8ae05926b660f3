/// What may differ from layer to layer.
public struct LayerConfiguration: Equatable, Sendable {
    public var attentionRouter: RouterKind
    public var mlpRouter: RouterKind
    /// Attention reaches back this many tokens, the current one included; nil: all.
    public var slidingWindow: Int?

    public init(attentionRouter: RouterKind = .none, mlpRouter: RouterKind = .none, slidingWindow: Int? = nil) {
        self.attentionRouter = attentionRouter
        self.mlpRouter = mlpRouter
        self.slidingWindow = slidingWindow
    }

    public func router(_ module: RoutedModule) -> RouterKind {
        switch module {
        case .attention: attentionRouter
        case .mlp: mlpRouter
        }
    }
}

/// The form of one trained router. It reads the layer's input and gives two logits: execute, skip.
public enum RouterKind: Equatable, Sendable {
    /// No router: the module always executes.
    case none
    /// Linear(hiddenSize, 2): the paper's text and the published checkpoints.
    case linear
    /// Linear(hiddenSize, hiddenWidth), ReLU, Linear(hiddenWidth, 2): the authors' training code.
    case mlp(hiddenWidth: Int)
}

/// The two modules of a layer that a router may skip. Raw values are their order in traces and in the file.
public enum RoutedModule: UInt8, Sendable, CaseIterable {
    case attention = 0
    case mlp = 1
}
