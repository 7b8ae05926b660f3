import SkipFiles
import SkipModel

/// The input files of a graph, with the caches that the evaluators of all threads share.
package final class PlanSources: Sendable {
    /// The files of the graph's sources, in order.
    let files: [InputFile]
    let factors = FactorCache()
    private let inflatedRecords: [InflatedRecords]

    /// Compressed records that are too large for memory are inflated into `temporaryDirectory`. Inflating ends with an
    /// error if `isCancelled` returns true.
    package init(
        files: [InputFile], temporaryDirectory: String = TemporaryFile.standardDirectory,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) {
        self.files = files
        inflatedRecords = files.map { _ in
            InflatedRecords(temporaryDirectory: temporaryDirectory, isCancelled: isCancelled)
        }
    }

    /// Returns the source that a tensor's offset refers to: its file, or the compressed record that contains the
    /// tensor.
    func bytes(of tensor: SourceTensor) throws(InputError) -> any ByteSource {
        let file = files[tensor.sourceIndex]
        guard let record = tensor.compressedRecord else { return file }
        return try inflatedRecords[tensor.sourceIndex].contents(of: record, in: file)
    }

    /// Throws if a file changed since it was opened, because the output would mix two models.
    func checkUnchanged() throws(InputError) {
        for file in files { try file.checkUnchanged() }
    }
}
