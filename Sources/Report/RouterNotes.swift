import SkipConvert
import SkipDiagnostics
import SkipFiles

/// What a conversion says about routers that were not named.
package enum RouterNotes {
    /// Returns a note about routers that were found in the model directory.
    ///
    /// - Parameter isWithoutRouters: whether `--no-router` was given.
    /// - Throws: an error about a model without routers, if it was not requested.
    package static func lines(
        _ inputs: FrontEnd.Result, modelDirectory: String, isWithoutRouters: Bool
    ) throws(UsageError) -> [String] {
        if let path = inputs.foundRouterPath {
            return [
                "using the routers in \(ByteString(path)), which is in the model's directory; --no-router omits them"
            ]
        }
        let layers = inputs.graph.configuration.layers
        if isWithoutRouters || layers.contains(where: { $0.attentionRouter != .none || $0.mlpRouter != .none }) {
            return []
        }
        throw UsageError(
            "no routers in \(ByteString(modelDirectory)): every module would run for every token",
            hint: "--router FILE adds routers, --no-router converts the model without them")
    }
}
