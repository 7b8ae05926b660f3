import SkipConvert
import SkipDiagnostics
import SkipFiles

/// What a conversion says about routers that were not named.
package enum RouterNotes {
    /// Whether a model without routers must be requested with `--no-router`. If not, it is noted.
    ///
    /// Checkpoints without routers are converted by scripts that do not name the option, so this is a note for now.
    package static let requiresRequest = false

    /// Returns a note about routers that were found in the model directory, or about a model without routers.
    ///
    /// - Parameter wasRequested: whether `--no-router` was given.
    /// - Throws: an error in place of the note about a model without routers, if `requiresRequest`.
    package static func lines(
        _ inputs: FrontEnd.Result, modelDirectory: String, wasRequested: Bool,
        requiresRequest: Bool = RouterNotes.requiresRequest
    ) throws(UsageError) -> [String] {
        if let path = inputs.foundRouterPath {
            return [
                "using the routers in \(ByteString(path)), which is in the model's directory; --no-router omits them"
            ]
        }
        let layers = inputs.graph.configuration.layers
        if wasRequested || layers.contains(where: { $0.attentionRouter != .none || $0.mlpRouter != .none }) {
            return []
        }
        let ways = "--router FILE adds routers, --no-router confirms that there are none"
        if requiresRequest { throw UsageError("no routers in \(ByteString(modelDirectory))", hint: ways) }
        return ["no routers, so every module runs for every token; \(ways)"]
    }
}
