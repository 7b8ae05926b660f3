import Model
import Runtime

/// Which tokens of a window count.
enum PerplexityScoring: String, CaseIterable {
    /// Those of the second half: llama.cpp's way.
    case half
    /// All but the first.
    case all
}

/// The mean negative log-likelihood of a text's tokens, window by window.
struct Perplexity {
    let scoring: PerplexityScoring
    let windowLength: Int
    /// Stands in the first place of every window when the second half is scored; nil: the window is left as it is.
    let beginOfText: UInt32?

    private(set) var scoredTokenCount = 0
    private var sum = 0.0
    private var squareSum = 0.0

    init(scoring: PerplexityScoring, windowLength: Int, beginOfText: UInt32?) {
        self.scoring = scoring
        self.windowLength = windowLength
        self.beginOfText = scoring == .half ? beginOfText : nil
    }

    /// exp of the mean negative log-likelihood.
    var value: Double { exponential(sum / Double(scoredTokenCount)) }

    /// The standard error of `value`.
    var standardError: Double {
        let count = Double(scoredTokenCount)
        guard count > 1 else { return 0 }
        let mean = sum / count
        let variance = max(squareSum / count - mean * mean, 0)
        return value * (variance / (count - 1)).squareRoot()
    }

    /// Windows of the text. llama.cpp drops an incomplete last window; scoring all tokens keeps it.
    func windows(of tokens: [UInt32]) -> [[UInt32]] {
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

    /// Evaluates a window from an empty session.
    mutating func add(_ window: [UInt32], session: Session) throws(RuntimeError) {
        let firstScored = scoring == .half ? windowLength / 2 + 1 : 1
        session.reset()
        var losses: [Double] = []
        try session.prefill(window) { index, logits in
            let next = index + 1
            if next >= firstScored, next < window.count {
                losses.append(LogProbability.negative(of: Int(window[next]), logits: logits))
            }
        }
        for loss in losses {
            sum += loss
            squareSum += loss * loss
        }
        scoredTokenCount += losses.count
    }
}
