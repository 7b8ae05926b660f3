import Convert
import Model

/// What became of every tensor of every input, which adapters took effect and how much, and what of it rounding left.
struct LedgerReport: Encodable {
    struct Input: Encodable {
        let file: String
        let tensors: [Tensor]
    }

    struct Tensor: Encodable {
        let name: String
        /// `placed`, `merged` or `leftOut`.
        let fate: String
        /// The tensor of the model that it is or is merged into.
        let into: String?
        /// Why it is left out.
        let reason: String?
    }

    struct Adapter: Encodable {
        let name: String
        let scale: Double
        let tensorsPresent: Int
        let tensorsApplied: Int
        let matricesAdapted: Int
        let tensorsReplaced: Int
        let method: String?
        let ranks: [Int]
        let alphas: [Double]
        let alphaWasGiven: Bool
        let effectiveScales: [Double]
        let baseModel: String?
    }

    struct Delta: Encodable {
        let tensor: String
        let relativeSize: Double
        let changedShare: Double
        let survival: Double
    }

    let inputs: [Input]
    let adapters: [Adapter]
    /// Nil where no weight was read.
    let deltas: [Delta]?
    /// Over all adapted tensors.
    let deltaTotal: Delta?

    /// `deltas` are those of the output's tensors by name; nil where no weight was read.
    init(_ result: FrontEnd.Result, deltas figures: [(tensor: String, figures: DeltaFigures)]? = nil) {
        var inputs: [Input] = []
        var order: [String] = []
        var tensors: [String: [Tensor]] = [:]
        for entry in result.ledger {
            if tensors[entry.file] == nil { order.append(entry.file) }
            tensors[entry.file, default: []].append(Tensor(entry))
        }
        for file in order {
            inputs.append(
                Input(
                    file: ByteString(file).description, tensors: (tensors[file] ?? []).sorted { $0.name < $1.name }))
        }
        self.inputs = inputs
        adapters = result.adapters.map(Adapter.init)
        deltas = figures.map { $0.map(Delta.init) }
        var total = DeltaFigures()
        for (_, figures) in figures ?? [] { total += figures }
        deltaTotal = total.count > 0 ? Delta("all adapted tensors", total) : nil
    }
}

extension LedgerReport.Tensor {
    init(_ entry: LedgerEntry) {
        name = entry.name.description
        switch entry.fate {
        case .placed(let id):
            fate = "placed"
            into = "\(id)"
            reason = nil
        case .merged(let weight):
            fate = "merged"
            into = "\(weight)"
            reason = nil
        case .leftOut(let why):
            fate = "leftOut"
            into = nil
            reason = why.words
        }
    }
}

extension LedgerReport.Adapter {
    init(_ adapter: AppliedAdapter) {
        name = ByteString(adapter.name).description
        scale = adapter.scale
        tensorsPresent = adapter.tensorCount
        tensorsApplied = adapter.appliedCount
        matricesAdapted = adapter.adaptedCount
        tensorsReplaced = adapter.replacedCount
        method = adapter.adaptedCount > 0 ? adapter.methodName : nil
        ranks = adapter.ranks
        alphas = adapter.alphas
        alphaWasGiven = adapter.alphaWasGiven
        effectiveScales = adapter.effectiveScales
        baseModel = adapter.baseModelName.map { ByteString($0).description }
    }
}

extension LedgerReport.Delta {
    init(_ tensor: String, _ figures: DeltaFigures) {
        self.tensor = tensor
        relativeSize = figures.relativeSize
        changedShare = figures.changedShare
        survival = figures.survival
    }
}

// MARK: - The table

extension LedgerReport {
    /// `--ledger`.
    var text: String {
        var text = ""
        for input in inputs {
            text += "\(input.file): \(input.tensors.count) tensors\n"
            let width = input.tensors.map(\.name.count).max() ?? 0
            for tensor in input.tensors { text += "  \(Self.padded(tensor.name, width))  \(tensor.words)\n" }
        }
        guard let deltas, let deltaTotal else { return text }
        let rows = deltas + [deltaTotal]
        let width = rows.map(\.tensor.count).max() ?? 0
        text += "\(Self.padded("merged", width))  relative size  changed  survival\n"
        for row in rows { text += "\(Self.padded(row.tensor, width))  \(row.words)\n" }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension LedgerReport.Tensor {
    fileprivate var words: String {
        switch fate {
        case "placed": "is \(into ?? "")"
        case "merged": "merged into \(into ?? "")"
        default: "left out: \(reason ?? "")"
        }
    }
}

extension LedgerReport.Delta {
    fileprivate var words: String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return right(Decimal.text(relativeSize, places: 6), 13) + "  " + right(Decimal.percent(changedShare), 7) + "  "
            + right(Decimal.text(survival, places: 4), 8)
    }
}
