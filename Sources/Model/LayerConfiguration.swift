/// The parameters that may differ from layer to layer.
public struct LayerConfiguration: Equatable, Sendable {
    public var attentionRouter: RouterKind
    public var mlpRouter: RouterKind
    /// The number of tokens that attention reads, the current one included; nil: all.
    public var slidingWindow: Int?

    public init(attentionRouter: RouterKind = .none, mlpRouter: RouterKind = .none, slidingWindow: Int? = nil) {
        self.attentionRouter = attentionRouter
        self.mlpRouter = mlpRouter
        self.slidingWindow = slidingWindow
    }

    /// Returns the router of a module.
    public func router(_ module: RoutedModule) -> RouterKind {
        switch module {
        case .attention: attentionRouter
        case .mlp: mlpRouter
        }
    }
}

/// The form of one trained router. It reads the layer's input and returns two logits: execute, skip.
public enum RouterKind: Equatable, Sendable {
    /// No router: the module always executes.
    case none
    /// Linear(hiddenSize, 2): the form in the paper and in the published checkpoints.
    case linear
    /// Linear(hiddenSize, hiddenWidth), ReLU, Linear(hiddenWidth, 2): the form in the authors' training code.
    case mlp(hiddenWidth: Int)
}

/// The two modules of a layer that a router may skip. Raw values are their order in traces and in the file.
public enum RoutedModule: UInt8, Sendable, CaseIterable {
    case attention = 0
    case mlp = 1
}
