/// The roles of one router's four tensors.
public struct RouterRoles: Sendable {
    public let hiddenWeight: TensorRole
    public let hiddenBias: TensorRole
    public let predictorWeight: TensorRole
    public let predictorBias: TensorRole

    public init(_ module: RoutedModule) {
        switch module {
        case .attention:
            hiddenWeight = .attentionRouterHiddenWeight
            hiddenBias = .attentionRouterHiddenBias
            predictorWeight = .attentionRouterPredictorWeight
            predictorBias = .attentionRouterPredictorBias
        case .mlp:
            hiddenWeight = .mlpRouterHiddenWeight
            hiddenBias = .mlpRouterHiddenBias
            predictorWeight = .mlpRouterPredictorWeight
            predictorBias = .mlpRouterPredictorBias
        }
    }
}
