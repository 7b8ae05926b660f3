import SkipRuntime

/// Evaluates a model on a text, and optionally another model to compare it with.
///
/// The perplexities of two models differ because their weights differ, and because decisions flip: a flip executes or
/// skips a module for a token. The second effect is mostly random, and larger. A run of the model on the routes of the
/// other one shows the first effect alone.
package struct PerplexityEvaluation {
    package let windows: PerplexityWindows
    package private(set) var windowCount = 0
    package private(set) var perplexity = Perplexity()
    package private(set) var comparison: Comparison?

    private let opened: OpenedModel
    private let session: Session
    /// The other model; nil without comparison.
    private let other: (opened: OpenedModel, session: Session)?
    /// A session of the model on the other's routes; nil if every module executes anyway.
    private let guided: Session?

    package struct Comparison {
        package var other = Perplexity()
        package var onItsRoutes: Perplexity?
    }

    package init(
        _ opened: OpenedModel, against otherOpened: OpenedModel?, windows: PerplexityWindows, options: Session.Options
    ) throws(EvaluationError) {
        func session(_ opened: OpenedModel) throws(EvaluationError) -> Session {
            try opened.session(options, positions: windows.windowLength)
        }
        self.opened = opened
        self.windows = windows
        self.session = try session(opened)
        if let otherOpened { other = (otherOpened, try session(otherOpened)) } else { other = nil }
        guided = otherOpened == nil || options.isDense ? nil : try session(opened)
        if other != nil { comparison = Comparison(onItsRoutes: guided.map { _ in Perplexity() }) }
    }

    /// The number of times that each window is computed.
    package var passCount: Int { 1 + (other == nil ? 0 : 1) + (guided == nil ? 0 : 1) }

    /// Reports progress from now on.
    package func report(to progress: TokenProgress) {
        for session in [session, other?.session, guided] { session?.progress = progress.add }
    }

    /// The statistics of the model on its own routes.
    package var statistics: RunStatistics.Phase { session.statistics.prompt }

    package mutating func add(_ window: [UInt32]) throws(EvaluationError) {
        perplexity.add(try losses(of: window, opened, session))
        windowCount += 1
        guard let other else { return }
        let routes = RoutingRecorder(for: other.opened.model)
        other.session.recorder = routes
        let otherLosses = try losses(of: window, other.opened, other.session)
        comparison?.other.add(otherLosses)
        guard let guided else { return }
        guided.imposedRoutes = routes
        let guidedLosses = try losses(of: window, opened, guided)
        comparison?.onItsRoutes?.add(guidedLosses)
    }

    private func losses(
        of window: [UInt32], _ opened: OpenedModel, _ session: Session
    ) throws(EvaluationError) -> [Double] {
        try opened.naming { () throws(RuntimeError) in try windows.losses(of: window, session) }
    }
}
