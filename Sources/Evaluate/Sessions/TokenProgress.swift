/// Adds up the tokens that sessions compute, and reports each sum.
package final class TokenProgress {
    private let total: Int
    private let report: (_ completed: Int, _ total: Int) -> Void
    private var completed = 0

    /// `report` is called with the number of computed tokens and `total`, by the thread that uses the session.
    package init(total: Int, report: @escaping (_ completed: Int, _ total: Int) -> Void) {
        self.total = total
        self.report = report
    }

    func add(_ tokenCount: Int) {
        completed += tokenCount
        report(completed, total)
    }
}
