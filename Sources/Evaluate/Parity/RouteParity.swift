/// Compares routes and logits with those of a reference, over any number of windows.
package struct RouteParity {
    package let layerCount: Int
    package private(set) var tokenCount = 0
    /// The numbers of flipped decisions, [layers][attention, mlp].
    package private(set) var flips: [Int]
    /// The numbers of decisions by the reference's margin |execute − skip|, in classes bounded by `marginBounds`.
    package private(set) var decisionsByMargin: [Int]
    package private(set) var flipsByMargin: [Int]
    package private(set) var logitTokenCount = 0
    package private(set) var agreeingTopTokens = 0
    /// KL(reference ‖ observed) of each token, in nats.
    package private(set) var divergences: [Double] = []
    package private(set) var largestLogitError = 0.0
    package private(set) var largestLogit = 0.0
    /// Σ (observed − reference)² over `logitCount` logits.
    private var squaredLogitErrors = 0.0
    private var logitCount = 0

    /// Upper bounds of the margin classes; the last class has none.
    package static let marginBounds: [Float] = [1e-3, 1e-2, 1e-1, 1, 10]

    package init(layerCount: Int) {
        self.layerCount = layerCount
        flips = [Int](repeating: 0, count: layerCount * 2)
        decisionsByMargin = [Int](repeating: 0, count: Self.marginBounds.count + 1)
        flipsByMargin = decisionsByMargin
    }

    package var decisionCount: Int { tokenCount * layerCount * 2 }
    package var flipCount: Int { flips.reduce(0, +) }
    package var flipRate: Double { decisionCount == 0 ? 0 : Double(flipCount) / Double(decisionCount) }

    /// The root mean square of the differences of all logits.
    package var rmsLogitError: Double {
        logitCount == 0 ? 0 : (squaredLogitErrors / Double(logitCount)).squareRoot()
    }

    /// Adds a window; both arguments are of the same tokens.
    package mutating func add(_ observed: ObservedWindow, reference: ObservedWindow) {
        for module in 0..<layerCount * 2 {
            for token in 0..<reference.tokenCount {
                let place = module * reference.tokenCount + token
                let margin = abs(reference.routerLogits[place * 2] - reference.routerLogits[place * 2 + 1])
                let marginClass = Self.marginBounds.firstIndex { margin < $0 } ?? Self.marginBounds.count
                decisionsByMargin[marginClass] += 1
                if observed.executed[place] != reference.executed[place] {
                    flips[module] += 1
                    flipsByMargin[marginClass] += 1
                }
            }
        }
        tokenCount += reference.tokenCount
        compareLogits(observed, reference)
    }

    private mutating func compareLogits(_ observed: ObservedWindow, _ reference: ObservedWindow) {
        let rows = reference.tokenCount - reference.firstLogitToken
        guard rows > 0, observed.logits.count == reference.logits.count else { return }
        let width = reference.logits.count / rows
        for row in 0..<rows {
            let range = row * width..<(row + 1) * width
            let wanted = reference.logits.span.extracting(range)
            let found = observed.logits.span.extracting(range)
            let wantedSum = LogProbability.logSumExp(wanted)
            let foundSum = LogProbability.logSumExp(found)
            var wantedTop = 0
            var foundTop = 0
            var divergence = 0.0
            for index in 0..<width {
                let logProbability = Double(wanted[index]) - wantedSum
                divergence += exponential(logProbability) * (logProbability - (Double(found[index]) - foundSum))
                let error = Double(abs(wanted[index] - found[index]))
                largestLogitError = max(largestLogitError, error)
                squaredLogitErrors += error * error
                largestLogit = max(largestLogit, Double(abs(wanted[index])))
                if wanted[index] > wanted[wantedTop] { wantedTop = index }
                if found[index] > found[foundTop] { foundTop = index }
            }
            if wantedTop == foundTop { agreeingTopTokens += 1 }
            // Rounding errors can make the sum of a tiny divergence negative.
            divergences.append(max(divergence, 0))
        }
        logitTokenCount += rows
        logitCount += rows * width
    }
}
