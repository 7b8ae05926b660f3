import SkipRuntime

/// The routes and logits of a run of tokens.
package struct ObservedWindow: Sendable {
    package let tokenCount: Int
    /// [layers][attention, mlp][T][execute, skip]
    package let routerLogits: [Float]
    /// [layers][attention, mlp][T]
    package let executed: [UInt8]
    /// The first token whose logits are kept; those of all later tokens are kept too.
    package let firstLogitToken: Int
    /// [T − firstLogitToken][vocabularySize]
    package let logits: [Float]
}

/// Runs windows of tokens through a model, each from an empty session, and records routes and logits.
package final class WindowObserver {
    private let opened: OpenedModel
    private let session: Session

    /// Creates the session for windows of up to `windowLength` tokens.
    package init(_ opened: OpenedModel, options: Session.Options, windowLength: Int) throws(EvaluationError) {
        self.opened = opened
        session = try opened.session(options, positions: max(windowLength, 1))
    }

    /// Reports progress from now on.
    package func report(to progress: TokenProgress) { session.progress = progress.add }

    /// Runs a window and keeps the logits of the tokens from `first` on.
    package func observe(_ tokens: [UInt32], keepingLogitsFrom first: Int = 0) throws(EvaluationError) -> ObservedWindow
    {
        let recorder = RoutingRecorder(for: opened.model)
        session.reset()
        session.recorder = recorder
        var logits: [Float] = []
        logits.reserveCapacity((tokens.count - first) * opened.model.configuration.vocabularySize)
        try opened.naming { () throws(RuntimeError) in
            try session.prefill(tokens) { index, tokenLogits in
                guard index >= first else { return }
                for place in tokenLogits.indices { logits.append(tokenLogits[place]) }
            }
        }
        return ObservedWindow(
            tokenCount: tokens.count, routerLogits: recorder.routerLogits, executed: recorder.executed,
            firstLogitToken: first, logits: logits)
    }
}
