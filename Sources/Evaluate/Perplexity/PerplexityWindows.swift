import SkipRuntime

/// Which tokens of a window count.
package enum PerplexityScoring: String, CaseIterable {
    /// Those of the second half: llama.cpp's way.
    case half
    /// All but the first.
    case all
}

/// How a text is cut into windows, and which of their tokens count.
package struct PerplexityWindows {
    package let scoring: PerplexityScoring
    package let windowLength: Int
    /// Stands in the first place of every window when the second half is scored; nil: the window is left as it is.
    package let beginOfText: UInt32?

    package init(scoring: PerplexityScoring, windowLength: Int, beginOfText: UInt32?) {
        self.scoring = scoring
        self.windowLength = windowLength
        self.beginOfText = scoring == .half ? beginOfText : nil
    }

    /// Windows of the text. llama.cpp drops an incomplete last window; scoring all tokens keeps it.
    package func windows(of tokens: [UInt32]) -> [[UInt32]] {
        // The begin-of-text token that precedes the text takes the first place of the first window.
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

    /// Evaluates a window from an empty session: the losses of its scored tokens.
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
