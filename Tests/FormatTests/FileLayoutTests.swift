import SkipModel
import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipFormat

@Suite struct FileLayoutTests {
    private func rule(_ graph: ModelGraph) -> FormatRule? {
        do throws(LayoutError) {
            _ = try FileLayout(graph: graph, tokenizerTable: nil)
            return nil
        } catch {
            return error.rule
        }
    }

    private func rule(_ change: (inout ModelConfiguration) -> Void) -> FormatRule? {
        var graph = TinyModel.graph()
        change(&graph.configuration)
        return rule(graph)
    }

    @Test func refusesConfigurationsThatAFileCannotHold() {
        #expect(rule { $0.layers = [] } == .layerCount)
        #expect(rule { $0.vocabularySize = 1 << 23 } == .sizeLimits)
        #expect(rule { $0.hiddenSize = -1 } == .sizeLimits)
        #expect(rule { $0.keyValueHeadCount = 0 } == .headCounts)
        #expect(rule { $0.headDimension = 5 } == .headDimension)
        #expect(rule { $0.rmsNormEpsilon = .nan } == .realNumbers)
        #expect(rule { $0.rotaryEmbedding.scaling = .linear(factor: 0) } == .realNumbers)
        #expect(rule { $0.endOfTextTokenIDs = [11] } == .tokenIDs)
        #expect(rule { $0.endOfTextTokenIDs = Array(0..<9) } == .tokenIDs)
        #expect(rule { $0.beginOfTextTokenID = -1 } == .tokenIDs)
        #expect(rule { $0.layers[0].attentionRouter = .mlp(hiddenWidth: 0) } == .routerHiddenWidth)
        #expect(rule { $0.layers[0].slidingWindow = 0 } == .slidingWindow)
    }

    @Test func refusesTensorsThatAFileCannotHold() {
        var graph = TinyModel.graph()
        #expect(rule(graph) == nil)
        graph.tensors.swapAt(0, 1)
        #expect(rule(graph) == .tensorOrder)
        graph = TinyModel.graph()
        graph.tensors.removeLast()
        #expect(rule(graph) == .requiredTensors)
        #expect(rule(TinyModel.graph(elementType: .float64)) == .elementType)
        graph = TinyModel.graph()
        graph.tensors[0].plan = .converted(graph.tensors[0].plan, to: .bfloat16)
        #expect(rule(graph) == .vectorType)
        #expect(rule { $0.hiddenSize += 2 } == .tensorShape)
        graph = TinyModel.quantizedGraph()
        #expect(rule(graph) == nil)
        for groupSize in [-4, 2, 6, 8] {
            let index = graph.tensors.firstIndex { $0.id.role == .tokenEmbedding } ?? 0
            graph = TinyModel.quantizedGraph()
            graph.tensors[index].plan = .quantized(graph.tensors[index].plan, groupSize: groupSize)
            #expect(rule(graph) == .groupSize)
        }
        graph = TinyModel.graph()
        graph.tensors[0].plan = .quantized(graph.tensors[0].plan, groupSize: 0)
        #expect(rule(graph) == .vectorType)
    }

    @Test func refusesProvenanceThatAFileCannotHold() {
        for (key, value, broken) in [
            ("Upper", "", FormatRule.provenanceKey), ("", "", .provenanceKey), ("tool.version", "", .provenanceKey),
            ("a", String(repeating: "x", count: 65_536), .provenanceValue),
        ] {
            #expect(rule(TinyModel.graph(provenance: TinyModel.provenance + [ProvenanceEntry(key, value)])) == broken)
        }
        let many = (0..<20).map { ProvenanceEntry("key\($0)", String(repeating: "x", count: 65_000)) }
        #expect(rule(TinyModel.graph(provenance: many)) == .provenanceStructure)
    }

    @Test func storesSetsAscendingAndNoNegativeZero() throws {
        var graph = TinyModel.graph()
        graph.configuration.endOfTextTokenIDs = [7, 2, 7]
        graph.configuration.routerThresholdBias = -0.0
        let layout = try FileLayout(graph: graph, tokenizerTable: nil)
        #expect(layout.configuration.endOfTextTokenIDs == [2, 7])
        #expect(layout.configuration.routerThresholdBias.sign == .plus)
    }

    /// Any configuration within the limits is read back unchanged.
    @Test(arguments: 0..<50) func configurationsComeBack(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let configuration = ModelConfiguration.random(using: &generator)
        let layout = try TinyModel.layout(TinyModel.graph(configuration, optionalRoles: []))
        let file = try SkipFile(validating: MappedFile(contents: try TinyModel.bytes(layout)))
        #expect(file.configuration == configuration)
    }
}

extension ModelConfiguration {
    /// A small model with random features.
    static func random(using generator: inout SplitMix64) -> ModelConfiguration {
        func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let scalings: [RotaryEmbedding.Scaling] = [
            .none, .linear(factor: 2.5),
            .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 99),
        ]
        let keyValueHeadCount = random(1...3)
        var configuration = ModelConfiguration(
            architecture: .llama, vocabularySize: random(9...40), hiddenSize: random(1...20),
            intermediateSize: random(1...20), attentionHeadCount: keyValueHeadCount * random(1...3),
            keyValueHeadCount: keyValueHeadCount, headDimension: 2 * random(1...4),
            maximumPositionCount: random(1...9999),
            rmsNormEpsilon: Double.random(in: 1e-8...1e-3, using: &generator),
            activation: [.silu, .geluTanh][random(0...1)],
            rotaryEmbedding: RotaryEmbedding(theta: Double(random(1...1_000_000)), scaling: scalings[random(0...2)]),
            tiesWordEmbeddings: random(0...1) == 0, attentionScale: Float.random(in: 0.01...1, using: &generator),
            attentionSoftcap: Float(random(0...50)), finalLogitSoftcap: Float(random(0...30)),
            routerThresholdBias: Float(random(-5...5)) / 4, layers: [])
        configuration.embeddingScale = Float.random(in: 0.5...50, using: &generator)
        configuration.beginOfTextTokenID = random(0...1) == 0 ? nil : random(0...8)
        configuration.endOfTextTokenIDs = (0..<9).filter { _ in random(0...2) == 0 }.suffix(8)
        let routers: [RouterKind] = [.none, .linear, .mlp(hiddenWidth: random(1...5))]
        configuration.layers = (0..<random(1...4)).map { _ in
            LayerConfiguration(
                attentionRouter: routers[random(0...2)], mlpRouter: routers[random(0...2)],
                slidingWindow: random(0...1) == 0 ? nil : random(1...64))
        }
        return configuration
    }
}
