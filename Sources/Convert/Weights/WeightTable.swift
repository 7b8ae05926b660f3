import SkipFiles
import SkipModel

/// The tensors that a model is made from, by the names of a plain checkpoint, each with the plan that yields it.
///
/// Filled from the base checkpoint and from routers of their own; adapters rewrite its plans. What is not taken in stands
/// in the ledger.
struct WeightTable {
    /// The files that plans refer to by index.
    private(set) var files: [InputFile] = []
    /// Per file, the bytes that describe its tensors.
    private(set) var headerRanges: [Range<Int>] = []
    /// Checksums that are to be checked before weights are used.
    private(set) var recordChecksums = RecordChecksums()
    private(set) var ledger: [LedgerEntry] = []
    private var weights: [ByteString: Weight] = [:]

    /// A tensor and where it comes from.
    struct Weight {
        /// Its name in a plain checkpoint.
        let name: ByteString
        /// Its name in its file, which errors print.
        let storedName: ByteString
        let file: String
        let headerOffset: Int?
        let storedType: StoredType
        let shape: TensorShape
        /// Nil if its elements are no floats.
        var plan: TensorPlan?

        /// An error at the tensor.
        func error(_ rule: InputRule, found: String, required: String = "") -> InputError {
            InputError(
                rule, file: file, at: .tensor(storedName, headerOffset: headerOffset), found: found,
                required: required)
        }
    }

    /// All names, in byte order.
    var names: [ByteString] { weights.keys.sorted() }

    subscript(name: ByteString) -> Weight? { weights[name] }

    /// Takes in a checkpoint's files. Gives the index of the first among the sources.
    mutating func addFiles(of checkpoint: Checkpoint) -> Int {
        let first = files.count
        files += checkpoint.files
        headerRanges += checkpoint.headerRanges
        recordChecksums += checkpoint.recordChecksums
        ledger += checkpoint.leftOut.map { LedgerEntry(file: $0.file, name: $0.name, fate: .leftOut($0.reason)) }
        return first
    }

    /// Takes in a tensor of a checkpoint whose first file is source `firstSource`. The name must be new.
    mutating func add(_ name: ByteString, from named: NamedCheckpoint, firstSource: Int) {
        guard let storedName = named.weights[name] else { return }
        set(name, to: storedName, of: named.checkpoint, firstSource: firstSource)
    }

    /// Makes a tensor of a checkpoint the weight of a name, in the place of another if there is one.
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

    /// Changes how a weight comes about.
    mutating func setPlan(_ plan: TensorPlan, of name: ByteString) { weights[name]?.plan = plan }

    /// Gives a weight another name.
    mutating func rename(_ name: ByteString, to newName: ByteString) {
        guard let weight = weights.removeValue(forKey: name) else { return }
        weights[newName] = Weight(
            name: newName, storedName: weight.storedName, file: weight.file, headerOffset: weight.headerOffset,
            storedType: weight.storedType, shape: weight.shape, plan: weight.plan)
    }

    /// Takes a weight out, and says why.
    mutating func remove(_ name: ByteString, _ reason: LeftOutTensor.Reason) {
        if let weight = weights.removeValue(forKey: name) { record(weight, .leftOut(reason)) }
    }

    /// Says what became of a tensor.
    mutating func record(_ weight: Weight, _ fate: LedgerEntry.Fate) {
        ledger.append(LedgerEntry(file: weight.file, name: weight.storedName, fate: fate))
    }

    /// Says what became of a tensor that is no weight itself.
    mutating func record(_ storedName: ByteString, of checkpoint: Checkpoint, _ fate: LedgerEntry.Fate) {
        guard let located = checkpoint[storedName] else { return }
        ledger.append(LedgerEntry(file: checkpoint.path(of: located), name: storedName, fate: fate))
    }
}
