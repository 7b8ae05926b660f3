import SkipFiles
import SkipModel

/// The stored tensors of a model by their names in a plain checkpoint, each with the plan that computes it.
///
/// The base checkpoint and the file of the routers fill the table, and adapters rewrite its plans. The ledger records
/// what happens to every tensor.
struct WeightTable {
    /// The files that plans refer to by index.
    private(set) var files: [InputFile] = []
    /// For each file, the range of the bytes that describe its tensors.
    private(set) var headerRanges: [Range<Int>] = []
    /// The checksums that must be checked before weights are used.
    private(set) var recordChecksums = RecordChecksums()
    private(set) var ledger: [LedgerEntry] = []
    private var weights: [ByteString: Weight] = [:]

    /// A tensor, its file and its plan.
    struct Weight {
        /// The name in a plain checkpoint.
        let name: ByteString
        /// The name in its file, which errors print.
        let storedName: ByteString
        let file: String
        let headerOffset: Int?
        let storedType: StoredType
        let shape: TensorShape
        /// Nil if the elements are not floats.
        var plan: TensorPlan?

        /// Returns an error at this tensor.
        func error(_ rule: InputRule, found: String, required: String = "") -> InputError {
            InputError(
                rule, file: file, at: .tensor(storedName, headerOffset: headerOffset), found: found,
                required: required)
        }
    }

    /// All names, in byte order.
    var names: [ByteString] { weights.keys.sorted() }

    subscript(name: ByteString) -> Weight? { weights[name] }

    /// Adds the files of a checkpoint and returns the index of the first one in `files`.
    mutating func addFiles(of checkpoint: Checkpoint) -> Int {
        let first = files.count
        files += checkpoint.files
        headerRanges += checkpoint.headerRanges
        recordChecksums += checkpoint.recordChecksums
        ledger += checkpoint.leftOut.map { LedgerEntry(file: $0.file, name: $0.name, fate: .leftOut($0.reason)) }
        return first
    }

    /// Adds a tensor of a checkpoint whose first file has the index `firstSource`. The name must be new.
    mutating func add(_ name: ByteString, from named: NamedCheckpoint, firstSource: Int) {
        guard let storedName = named.weights[name] else { return }
        set(name, to: storedName, of: named.checkpoint, firstSource: firstSource)
    }

    /// Adds a tensor of a checkpoint under a name, or replaces the weight of that name.
    mutating func set(_ name: ByteString, to storedName: ByteString, of checkpoint: Checkpoint, firstSource: Int) {
        guard let located = checkpoint[storedName] else { return }
        let plan = located.tensor.storedType.elementType.map {
            checkpoint.plan(for: located, elementType: $0, sourceIndexBase: firstSource)
        }
        weights[name] = Weight(
            name: name, storedName: storedName, file: checkpoint.path(of: located),
            headerOffset: located.tensor.headerOffset, storedType: located.tensor.storedType,
            shape: located.tensor.shape, plan: plan)
    }

    /// Replaces the plan of a weight.
    mutating func setPlan(_ plan: TensorPlan, of name: ByteString) { weights[name]?.plan = plan }

    /// Renames a weight.
    mutating func rename(_ name: ByteString, to newName: ByteString) {
        guard let weight = weights.removeValue(forKey: name) else { return }
        weights[newName] = Weight(
            name: newName, storedName: weight.storedName, file: weight.file, headerOffset: weight.headerOffset,
            storedType: weight.storedType, shape: weight.shape, plan: weight.plan)
    }

    /// Removes a weight and records the reason.
    mutating func remove(_ name: ByteString, _ reason: LeftOutTensor.Reason) {
        if let weight = weights.removeValue(forKey: name) { record(weight, .leftOut(reason)) }
    }

    /// Records what happened to a weight.
    mutating func record(_ weight: Weight, _ fate: LedgerEntry.Fate) {
        ledger.append(LedgerEntry(file: weight.file, name: weight.storedName, fate: fate))
    }

    /// Records what happened to a tensor of a checkpoint that is not in the table.
    mutating func record(_ storedName: ByteString, of checkpoint: Checkpoint, _ fate: LedgerEntry.Fate) {
        guard let located = checkpoint[storedName] else { return }
        ledger.append(LedgerEntry(file: checkpoint.path(of: located), name: storedName, fate: fate))
    }
}
