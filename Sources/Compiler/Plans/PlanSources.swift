import SkipFiles
import SkipModel

/// The input files of a graph, and what the evaluators of all threads share about them.
package final class PlanSources: Sendable {
    /// The files of the graph's sources, in the same order.
    let files: [InputFile]
    let factors = FactorCache()
    private let inflatedRecords: [InflatedRecords]

    /// `temporaryDirectory` is for compressed records that are too large for memory.
    package init(files: [InputFile], temporaryDirectory: String = TemporaryFile.standardDirectory) {
        self.files = files
        inflatedRecords = files.map { _ in InflatedRecords(temporaryDirectory: temporaryDirectory) }
    }

    /// The bytes that a tensor's offset is relative to: its file, or the compressed record that holds the tensor.
    func bytes(of tensor: SourceTensor) throws(InputError) -> any ByteSource {
        let file = files[tensor.sourceIndex]
        guard let record = tensor.compressedRecord else { return file }
        return try inflatedRecords[tensor.sourceIndex].contents(of: record, in: file)
    }

    /// Throws if a file changed since it was opened: the output would be neither the old model nor the new one.
    func checkUnchanged() throws(InputError) {
        for file in files { try file.checkUnchanged() }
    }
}
