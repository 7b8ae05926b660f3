import Foundation
import SkipModel

/// A simple implementation of a routed decoder: in doubles, every token with all tokens before it, without a cache.
struct ReferenceModel {
    let configuration: ModelConfiguration
    let values: [TensorID: [Double]]
    var isDense = false
    var skipBias: Double?

    init(_ model: TestModel) {
        configuration = model.configuration
        values = model.values.mapValues { $0.map(Double.init) }
    }

    struct Result {
        /// [T][vocabularySize]
        var logits: [[Double]] = []
        /// [layers][attention, mlp][T]
        var executed: [[[Bool]]] = []
        /// [layers][attention, mlp][T][2]
        var routerLogits: [[[[Double]]]] = []
    }

    func run(_ tokens: [UInt32]) -> Result {
        let c = configuration
        var result = Result()
        let embedding = tensor(.tokenEmbedding)
        var stream = tokens.map { token in
            (0..<c.hiddenSize).map { embedding[Int(token) * c.hiddenSize + $0] * Double(c.embeddingScale) }
        }
        for layer in c.layers.indices {
            let decisions = RoutedModule.allCases.map { module in stream.map { decide(module, layer, $0) } }
            result.executed.append(decisions.map { $0.map(\.executes) })
            result.routerLogits.append(decisions.map { $0.map(\.logits) })
            let attended = attention(layer, stream)
            for token in stream.indices {
                if decisions[0][token].executes { stream[token] = sum(stream[token], attended[token]) }
                if decisions[1][token].executes { stream[token] = sum(stream[token], mlp(layer, stream[token])) }
            }
        }
        let head = tensor(c.tiesWordEmbeddings ? .tokenEmbedding : .outputHead)
        result.logits = stream.map { token in
            let logits = product(head, norm(token, tensor(.finalNorm)), rows: c.vocabularySize)
            return logits.map { capped($0, c.finalLogitSoftcap) }
        }
        return result
    }

    private func decide(_ module: RoutedModule, _ layer: Int, _ input: [Double]) -> (executes: Bool, logits: [Double]) {
        let roles = RouterRoles(module)
        let kind = configuration.layers[layer].router(module)
        if isDense || kind == .none { return (true, [0, 0]) }
        var hidden = input
        if case .mlp(let width) = kind {
            let product = product(tensor(roles.hiddenWeight, layer), input, rows: width)
            hidden = sum(product, tensor(roles.hiddenBias, layer)).map { max($0, 0) }
        }
        var logits = product(tensor(roles.predictorWeight, layer), hidden, rows: 2)
        if has(roles.predictorBias, layer) { logits = sum(logits, tensor(roles.predictorBias, layer)) }
        let bias = skipBias ?? Double(configuration.routerThresholdBias)
        return (logits[0] - logits[1] + bias >= 0, logits)
    }

    private func attention(_ layer: Int, _ stream: [[Double]]) -> [[Double]] {
        let c = configuration
        let inputs = stream.map { norm($0, tensor(.attentionInputNorm, layer)) }
        func project(_ weight: TensorRole, _ bias: TensorRole, _ input: [Double], _ rows: Int) -> [Double] {
            let output = product(tensor(weight, layer), input, rows: rows)
            return has(bias, layer) ? sum(output, tensor(bias, layer)) : output
        }
        let queries = inputs.enumerated().map {
            rotated(project(.queryProjection, .queryBias, $1, c.queryWidth), position: $0)
        }
        let keys = inputs.enumerated().map {
            rotated(project(.keyProjection, .keyBias, $1, c.keyValueWidth), position: $0)
        }
        let values = inputs.map { project(.valueProjection, .valueBias, $0, c.keyValueWidth) }
        let window = c.layers[layer].slidingWindow ?? .max
        return stream.indices.map { token in
            var joined: [Double] = []
            for head in 0..<c.attentionHeadCount {
                let column = head / (c.attentionHeadCount / c.keyValueHeadCount) * c.headDimension
                let seen = (0...token).filter { token - $0 < window }
                let scores = seen.map { past in
                    let dot = (0..<c.headDimension).reduce(0.0) {
                        $0 + queries[token][head * c.headDimension + $1] * keys[past][column + $1]
                    }
                    return capped(dot * Double(c.attentionScale), c.attentionSoftcap)
                }
                let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
                let total = weights.reduce(0, +)
                for index in 0..<c.headDimension {
                    joined.append(zip(seen, weights).reduce(0.0) { $0 + values[$1.0][column + index] * $1.1 } / total)
                }
            }
            return project(.attentionOutputProjection, .attentionOutputBias, joined, c.hiddenSize)
        }
    }

    private func mlp(_ layer: Int, _ token: [Double]) -> [Double] {
        let c = configuration
        let input = norm(token, tensor(.mlpInputNorm, layer))
        var gate = product(tensor(.gateProjection, layer), input, rows: c.intermediateSize)
        var up = product(tensor(.upProjection, layer), input, rows: c.intermediateSize)
        if has(.gateBias, layer) { gate = sum(gate, tensor(.gateBias, layer)) }
        if has(.upBias, layer) { up = sum(up, tensor(.upBias, layer)) }
        let inner = zip(gate, up).map { activated($0) * $1 }
        let output = product(tensor(.downProjection, layer), inner, rows: c.hiddenSize)
        return has(.downBias, layer) ? sum(output, tensor(.downBias, layer)) : output
    }

    private func activated(_ x: Double) -> Double {
        switch configuration.activation {
        case .silu: x / (1 + exp(-x))
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        }
    }

    private func rotated(_ heads: [Double], position: Int) -> [Double] {
        let dimension = configuration.headDimension
        let half = dimension / 2
        var result = heads
        for start in Swift.stride(from: 0, to: heads.count, by: dimension) {
            for index in 0..<half {
                let angle = Double(position) * inverseFrequency(index)
                let (a, b) = (heads[start + index], heads[start + index + half])
                result[start + index] = a * cos(angle) - b * sin(angle)
                result[start + index + half] = b * cos(angle) + a * sin(angle)
            }
        }
        return result
    }

    private func inverseFrequency(_ index: Int) -> Double {
        let rope = configuration.rotaryEmbedding
        let frequency = pow(rope.theta, -Double(2 * index) / Double(configuration.headDimension))
        switch rope.scaling {
        case .none: return frequency
        case .linear(let factor): return frequency / factor
        case .llama3(let factor, let low, let high, let original):
            let wavelength = 2 * Double.pi / frequency
            if wavelength > Double(original) / low { return frequency / factor }
            if wavelength < Double(original) / high { return frequency }
            let smooth = (Double(original) / wavelength - low) / (high - low)
            return (1 - smooth) * frequency / factor + smooth * frequency
        }
    }

    private func norm(_ x: [Double], _ weight: [Double]) -> [Double] {
        let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
        return zip(x, weight).map { $0 / (mean + configuration.rmsNormEpsilon).squareRoot() * $1 }
    }

    private func product(_ matrix: [Double], _ x: [Double], rows: Int) -> [Double] {
        (0..<rows).map { row in
            var total = 0.0
            for column in x.indices { total += matrix[row * x.count + column] * x[column] }
            return total
        }
    }

    private func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map(+) }

    private func capped(_ x: Double, _ limit: Float) -> Double {
        limit == 0 ? x : Double(limit) * tanh(x / Double(limit))
    }

    private func has(_ role: TensorRole, _ layer: Int) -> Bool { values[TensorID(role, layer: layer)] != nil }

    private func tensor(_ role: TensorRole, _ layer: Int? = nil) -> [Double] {
        values[TensorID(role, layer: layer)] ?? []
    }
}
