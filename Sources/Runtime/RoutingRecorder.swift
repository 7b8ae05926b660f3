import SkipModel

/// Records the routing of every token of a session.
public final class RoutingRecorder {
    public let layerCount: Int
    public private(set) var tokenCount = 0
    /// [T][layers][2][2]
    private var logitsByToken: [Float] = []
    /// [T][layers][2]
    private var executedByToken: [UInt8] = []

    public init(layerCount: Int) { self.layerCount = layerCount }

    public convenience init(for model: RoutedModel) { self.init(layerCount: model.configuration.layers.count) }

    /// Execute and skip logits, [layers][attention, mlp][T][2]; 0, 0 where there is no router.
    public var routerLogits: [Float] { transposed(logitsByToken, elementCount: 2) }

    /// 1 where the module executed, [layers][attention, mlp][T].
    public var executed: [UInt8] { transposed(executedByToken, elementCount: 1) }

    /// Whether a token executed a module. Tokens are counted from the first recorded one.
    func executes(_ module: RoutedModule, layer: Int, token: Int) -> Bool {
        executedByToken[(token * layerCount + layer) * 2 + Int(module.rawValue)] != 0
    }

    /// Appends the tokens of a forward pass that has just been computed.
    func record(_ pass: ForwardPass) {
        for token in 0..<pass.tokenCount {
            for layer in 0..<layerCount {
                for module in RoutedModule.allCases {
                    let place = pass.recordPlace(module, layer: layer, token: token)
                    logitsByToken.append(pass.buffers.routerLogits[place * 2])
                    logitsByToken.append(pass.buffers.routerLogits[place * 2 + 1])
                    executedByToken.append(UInt8(pass.buffers.executed[place]))
                }
            }
        }
        tokenCount += pass.tokenCount
    }

    /// Transposes [T][modules][elements] to [modules][T][elements].
    private func transposed<Element>(_ values: [Element], elementCount: Int) -> [Element] {
        let moduleCount = layerCount * 2
        var result: [Element] = []
        result.reserveCapacity(values.count)
        for module in 0..<moduleCount {
            for token in 0..<tokenCount {
                let start = (token * moduleCount + module) * elementCount
                result += values[start..<start + elementCount]
            }
        }
        return result
    }
}
