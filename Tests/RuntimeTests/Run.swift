import Testing

@testable import SkipRuntime

/// A way to pass tokens to a session.
enum Feed: CaseIterable {
    case oneChunk
    case chunksOfThree
    case tokenByToken
    /// A prompt with the logits of its last token only, and then the rest token by token.
    case promptThenTokens
}

/// The results of a session for some tokens.
struct Run {
    /// [T][vocabularySize]; empty where they were not computed.
    var logits: [[Float]] = []
    let recorder: RoutingRecorder

    init(
        _ model: RoutedModel, _ tokens: [UInt32], _ feed: Feed, change: (inout Session.Options) -> Void = { _ in }
    ) throws {
        var options = Session.Options()
        options.threadCount = 1
        options.maximumPositions = tokens.count
        // Exact, because other tests cover the rounding of activations.
        options.activationPrecision = .float32
        if feed == .chunksOfThree { options.chunkLength = 3 }
        change(&options)
        let session = try Session(model, options: options)
        recorder = RoutingRecorder(for: model)
        session.recorder = recorder
        switch feed {
        case .oneChunk, .chunksOfThree:
            var collected: [[Float]] = []
            try session.prefill(tokens, forEachLogits: { _, logits in collected.append(array(logits)) })
            logits = collected
        case .tokenByToken:
            for token in tokens {
                try session.decode(token)
                logits.append(session.withLogits(array))
            }
        case .promptThenTokens:
            let promptLength = tokens.count - 4
            try session.prefill(Array(tokens[..<promptLength]))
            logits = [[Float]](repeating: [], count: promptLength - 1) + [session.withLogits(array)]
            for token in tokens[promptLength...] {
                try session.decode(token)
                logits.append(session.withLogits(array))
            }
        }
        #expect((logits.last ?? []) == session.withLogits(array))
        #expect(session.position == tokens.count)
    }

    /// The largest difference of a logit, relative to the largest logit.
    func deviation(from expected: ReferenceModel.Result) -> Double {
        guard logits.count == expected.logits.count else { return .infinity }
        let largest = expected.logits.joined().map(abs).max() ?? 0
        var deviation = 0.0
        for (found, wanted) in zip(logits, expected.logits) where !found.isEmpty {
            for (a, b) in zip(found, wanted) { deviation = max(deviation, abs(Double(a) - b)) }
        }
        return deviation / largest
    }

    func routerDeviation(from expected: ReferenceModel.Result) -> Double {
        let wanted = expected.routerLogits.joined().joined().joined()
        guard recorder.routerLogits.count == wanted.count else { return .infinity }
        let largest = max(wanted.map(abs).max() ?? 0, 1)
        return (zip(recorder.routerLogits, wanted).map { abs(Double($0) - $1) }.max() ?? 0) / largest
    }
}

func array(_ span: Span<Float>) -> [Float] { span.indices.map { span[$0] } }
