import Model
import Runtime

/// Evaluates a model on a text, and beside it, if asked, another one that it is compared with.
///
/// A perplexity changes for two reasons: the weights differ, and decisions flip, each of which replaces a module of a
/// token. The second is mostly chance, and larger. A run of the model on the other's routes shows the first alone.
struct PerplexityEvaluation {
    let windows: PerplexityWindows
    private(set) var windowCount = 0
    private(set) var perplexity = Perplexity()
    private(set) var comparison: Comparison?

    private let opened: OpenedModel
    private let session: Session
    /// The other model; nil: there is none.
    private let other: (opened: OpenedModel, session: Session)?
    /// The model, on the other's routes; nil where every module executes anyway.
    private let guided: Session?

    struct Comparison {
        var other = Perplexity()
        var onItsRoutes: Perplexity?
    }

    init(
        _ opened: OpenedModel, against otherOpened: OpenedModel?, windows: PerplexityWindows, options: RunOptions
    ) throws {
        func session(_ opened: OpenedModel) throws -> Session {
            try opened.naming { () throws(RuntimeError) in
                try Session(opened.model, options: options.sessionOptions(positions: windows.windowLength))
            }
        }
        self.opened = opened
        self.windows = windows
        self.session = try session(opened)
        other = try otherOpened.map { ($0, try session($0)) }
        guided = otherOpened == nil || options.dense ? nil : try session(opened)
        if other != nil { comparison = Comparison(onItsRoutes: guided.map { _ in Perplexity() }) }
    }

    /// What the model itself ran.
    var statistics: RunStatistics.Phase { session.statistics.prompt }

    mutating func add(_ window: [UInt32]) throws(RuntimeFailure) {
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
    ) throws(RuntimeFailure) -> [Double] {
        try opened.naming { () throws(RuntimeError) in try windows.losses(of: window, session) }
    }
}
