import SkipModel

/// Counts of what a session ran: tokens, time, executed modules, and bytes of weights.
public struct RunStatistics: Sendable, Equatable {
    /// Tokens of prompts.
    public internal(set) var prompt: Phase
    /// Tokens that were decoded one by one.
    public internal(set) var generation: Phase

    init(layerCount: Int) {
        prompt = Phase(layerCount: layerCount)
        generation = Phase(layerCount: layerCount)
    }

    public struct Phase: Sendable, Equatable {
        public internal(set) var tokenCount = 0
        public internal(set) var seconds = 0.0
        /// The number of bytes of weights that were read. Tokens that are computed together read a module once.
        public internal(set) var weightByteCount = 0
        /// The number of tokens that executed each module, [layers][attention, mlp].
        public internal(set) var executedCounts: [Int]

        init(layerCount: Int) { executedCounts = [Int](repeating: 0, count: layerCount * 2) }

        public var tokensPerSecond: Double { seconds > 0 ? Double(tokenCount) / seconds : 0 }

        public var weightBytesPerToken: Double { tokenCount > 0 ? Double(weightByteCount) / Double(tokenCount) : 0 }

        /// The share of tokens that executed a module of a layer; 1 before the first token.
        public func executedShare(layer: Int, _ module: RoutedModule) -> Double {
            let executed = executedCounts[layer * 2 + Int(module.rawValue)]
            return tokenCount > 0 ? Double(executed) / Double(tokenCount) : 1
        }

        /// The share of pairs of token and layer that executed the module; 1 before the first token.
        public func executedShare(_ module: RoutedModule) -> Double {
            let layerCount = executedCounts.count / 2
            let executed = (0..<layerCount).reduce(0) { $0 + executedCounts[$1 * 2 + Int(module.rawValue)] }
            let pairs = tokenCount * layerCount
            return pairs > 0 ? Double(executed) / Double(pairs) : 1
        }

        /// Adds the tokens of a forward pass that has just been computed.
        mutating func count(_ pass: ForwardPass, of model: RoutedModel) {
            tokenCount += pass.tokenCount
            weightByteCount += model.unroutedByteCount(isDense: pass.isDense)
            for layer in 0..<pass.layers.count {
                for module in RoutedModule.allCases {
                    let place = pass.recordPlace(module, layer: layer, token: 0)
                    var executed = 0
                    for token in 0..<pass.tokenCount { executed += Int(pass.buffers.executed[place + token]) }
                    executedCounts[layer * 2 + Int(module.rawValue)] += executed
                    if executed > 0 { weightByteCount += pass.layers[layer].byteCount(module) }
                }
            }
        }
    }
}
