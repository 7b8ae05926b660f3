import SkipRuntime

/// The tokens of a window that are scored.
package enum PerplexityScoring: String, CaseIterable {
    /// Those of the second half, as in llama.cpp.
    case half
    /// All except the first.
    case all
}

/// Divides a text into windows and selects the tokens that are scored.
package struct PerplexityWindows {
    package let scoring: PerplexityScoring
    package let windowLength: Int
    /// Replaces the first token of every window if the second half is scored; nil: windows stay unchanged.
    package let beginOfText: UInt32?

    package init(scoring: PerplexityScoring, windowLength: Int, beginOfText: UInt32?) {
        self.scoring = scoring
        self.windowLength = windowLength
        self.beginOfText = scoring == .half ? beginOfText : nil
    }

    /// Returns the windows of a text. Scoring halves drops an incomplete last window, as llama.cpp does.
    package func windows(of tokens: [UInt32]) -> [[UInt32]] {
        // The begin-of-text token precedes the text, so that it is the first token of the first window.
        let text = beginOfText.map { [$0] + tokens } ?? tokens
        var windows: [[UInt32]] = []
        for start in stride(from: 0, to: text.count, by: windowLength) {
            var window = Array(text[start..<min(start + windowLength, text.count)])
            let isUsable = scoring == .half ? window.count == windowLength : window.count > 1
            guard isUsable else { break }
            if let beginOfText { window[0] = beginOfText }
            windows.append(window)
        }
        return windows
    }

    /// Resets the session, runs a window and returns the losses of its scored tokens.
    package func losses(of window: [UInt32], _ session: Session) throws(RuntimeError) -> [Double] {
        let firstScored = scoring == .half ? windowLength / 2 + 1 : 1
        session.reset()
        var losses: [Double] = []
        try session.prefill(window) { index, logits in
            let next = index + 1
            if next >= firstScored, next < window.count {
                losses.append(LogProbability.negative(of: Int(window[next]), logits: logits))
            }
        }
        return losses
    }
}
