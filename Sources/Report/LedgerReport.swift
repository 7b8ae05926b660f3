import SkipCompiler
import SkipConvert
import SkipDiagnostics
import SkipFiles

/// What happened to every tensor of every input, the effect of each adapter, and how much of it remains after rounding.
package struct LedgerReport: JSONConvertible {
    package struct Input: JSONConvertible {
        let file: String
        let tensors: [Tensor]

        package var json: JSONDocument {
            [
                "file": .string(file),
                "tensors": .array(tensors),
            ]
        }
    }

    package struct Tensor: JSONConvertible {
        let name: String
        /// `placed`, `merged` or `leftOut`.
        let fate: String
        /// The tensor of the model that it becomes or is merged into.
        let into: String?
        /// Why it is left out.
        let reason: String?

        package var json: JSONDocument {
            [
                "name": .string(name),
                "fate": .string(fate),
                "into": .optional(into),
                "reason": .optional(reason),
            ]
        }
    }

    package struct Adapter: JSONConvertible {
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

        package var json: JSONDocument {
            [
                "name": .string(name),
                "scale": .number(scale),
                "tensorsPresent": .integer(tensorsPresent),
                "tensorsApplied": .integer(tensorsApplied),
                "matricesAdapted": .integer(matricesAdapted),
                "tensorsReplaced": .integer(tensorsReplaced),
                "method": .optional(method),
                "ranks": .array(ranks),
                "alphas": .array(alphas),
                "alphaWasGiven": .bool(alphaWasGiven),
                "effectiveScales": .array(effectiveScales),
                "baseModel": .optional(baseModel),
            ]
        }
    }

    package struct Delta: JSONConvertible {
        let tensor: String
        let relativeSize: Double
        let changedShare: Double
        let survival: Double

        package var json: JSONDocument {
            [
                "tensor": .string(tensor),
                "relativeSize": .number(relativeSize),
                "changedShare": .number(changedShare),
                "survival": .number(survival),
            ]
        }
    }

    let inputs: [Input]
    let adapters: [Adapter]
    /// Nil if no weights were read.
    let deltas: [Delta]?
    /// The sum over all adapted tensors.
    let deltaTotal: Delta?

    /// `deltas` are those of the output's adapted tensors; nil if no weights were read.
    package init(_ result: FrontEnd.Result, deltas: [TensorDelta]? = nil) {
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
        self.deltas = deltas.map { $0.map { Delta($0.tensor, $0.figures) } }
        var total = DeltaFigures()
        for delta in deltas ?? [] { total += delta.figures }
        deltaTotal = total.count > 0 ? Delta("all adapted tensors", total) : nil
    }

    package var json: JSONDocument {
        [
            "inputs": .array(inputs),
            "adapters": .array(adapters),
            "deltas": deltas.map { .array($0) } ?? .null,
            "deltaTotal": .optional(deltaTotal),
        ]
    }
}

extension LedgerReport.Tensor {
    package init(_ entry: LedgerEntry) {
        name = entry.name.description
        switch entry.fate {
        case .placed(let ids):
            fate = "placed"
            into = ids.map(\.description).joined(separator: ", ")
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
    package init(_ adapter: MergedAdapter) {
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
    package init(_ tensor: String, _ figures: DeltaFigures) {
        self.tensor = tensor
        relativeSize = figures.relativeSize
        changedShare = figures.changedShare
        survival = figures.survival
    }
}

// MARK: - The table

extension LedgerReport {
    /// The text of `--ledger`.
    package var text: String {
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
