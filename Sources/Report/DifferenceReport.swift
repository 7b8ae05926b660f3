import SkipDiagnostics
import SkipEvaluate
import SkipFiles

/// Whether two files are equal, and what differs between them.
package struct DifferenceReport: JSONConvertible {
    let first: String
    let second: String
    package let areEqual: Bool
    let byteCounts: (first: Int, second: Int)
    let configuration: [FileComparison.Difference]
    let sameTokenizer: Bool
    let parts: [PartComparison]
    let moduleCount: Int
    let differingModules: [String]
    let loneTensors: [FileComparison.Difference]
    let commonTensorCount: Int
    let tensors: [FileComparison.TensorDifference]
    let provenance: [FileComparison.Difference]
    let provenanceCount: Int
    private let ignoresProvenance: Bool

    /// With `ignoresProvenance`, files whose provenance differs can be equal.
    package init(
        _ comparison: FileComparison, paths: (String, String), options: WorkOptions, ignoresProvenance: Bool
    ) throws {
        first = ByteString(paths.0).description
        second = ByteString(paths.1).description
        byteCounts = comparison.byteCounts
        configuration = comparison.configuration
        sameTokenizer = comparison.hasSameTokenizer
        loneTensors = comparison.loneTensors
        commonTensorCount = comparison.commonTensorCount
        tensors = try comparison.tensors(options)
        parts = comparison.parts(tensors)
        moduleCount = comparison.moduleCount
        differingModules = comparison.modulesWithLoneTensors.union(tensors.map(\.module)).sorted()
        provenance = comparison.provenance
        provenanceCount = comparison.provenanceCount
        self.ignoresProvenance = ignoresProvenance
        areEqual =
            configuration.isEmpty && sameTokenizer && loneTensors.isEmpty && tensors.isEmpty
            && (ignoresProvenance || provenance.isEmpty)
    }

    package var json: JSONDocument {
        [
            "first": .string(first),
            "second": .string(second),
            "areEqual": .bool(areEqual),
            "parts": .array(parts),
            "sameTokenizer": .bool(sameTokenizer),
            "configuration": .array(configuration),
            "provenance": .array(provenance),
            "moduleCount": .integer(moduleCount),
            "differingModules": .array(differingModules),
            "commonTensorCount": .integer(commonTensorCount),
            "loneTensors": .array(loneTensors),
            "tensors": .array(tensors),
        ]
    }
}

// MARK: - Text

extension DifferenceReport {
    /// The number of values of the configuration that the summary shows.
    private static let configurationLimit = 8

    /// Returns the summary, and with `listsAll` also every difference.
    package func text(listsAll: Bool) -> StyledText {
        var text = StyledText("\(first) (\(ByteCount.text(byteCounts.first))) and ")
        text += "\(second) (\(ByteCount.text(byteCounts.second))) "
        text += areEqual ? StyledText("are equal", .good) : StyledText("differ", .bad)
        text += "\n" + summary
        if listsAll {
            text += details
        } else if !areEqual {
            text += "\n--all lists every difference.\n"
        }
        return text
    }

    private var summary: String {
        var text = ""
        if !tensors.isEmpty || !loneTensors.isEmpty {
            text += "\n"
            text += MarkdownTable.text(
                header: [
                    "part", "type", "modules differ", "tensors differ", "values differ", "largest", "RMS", "relative",
                ],
                rows: parts.map(\.row), rightAligned: [2, 3, 4, 5, 6, 7])
            text += "\n"
        } else {
            text += "weights        equal: \(commonTensorCount) tensors in \(moduleCount) modules\n"
        }
        text += "tokenizer      \(sameTokenizer ? "equal" : "differs")\n"
        text += "configuration  " + (configuration.isEmpty ? "equal" : count(configuration, "value")) + "\n"
        for line in configuration.prefix(Self.configurationLimit).map(\.words) { text += "  \(line)\n" }
        let others = configuration.count - Self.configurationLimit
        if others > 0 { text += "  and \(others) others\n" }
        text += "provenance     "
        if provenance.isEmpty { return text + "equal\n" }
        return text + "\(provenance.count) of \(provenanceCount) entries differ: \(provenanceGroups)"
            + (ignoresProvenance ? " (ignored)\n" : "\n")
    }

    /// The names of the entries that differ: `adapter.0 (9), blas.kernel`. Many of one input are counted.
    private var provenanceGroups: String {
        let groups = Dictionary(grouping: provenance.map(\.name)) { name in
            name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        }
        return groups.sorted { $0.key < $1.key }.map { group, names in
            names.count <= 3 ? names.joined(separator: ", ") : "\(group) (\(names.count))"
        }.joined(separator: ", ")
    }

    private func count(_ differences: [some Any], _ noun: String) -> String {
        differences.count == 1 ? "1 \(noun) differs" : "\(differences.count) \(noun)s differ"
    }

    private var details: String {
        section("configuration", configuration.dropFirst(Self.configurationLimit).map(\.words))
            + section("tensors", loneTensors.map(\.words) + tensors.map(\.words))
            + section("provenance", provenance.map(\.words))
    }

    private func section(_ name: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "\n\(name):\n" + lines.map { "  \($0)\n" }.joined()
    }
}

extension FileComparison.Difference {
    fileprivate var words: String { "\(name): \(first ?? "absent") → \(second ?? "absent")" }
}

extension FileComparison.TensorDifference {
    fileprivate var words: String {
        let types = firstType == secondType ? firstType : "\(firstType) → \(secondType)"
        guard let differingCount, let largestDifference, let rmsDifference else { return "\(name): \(types)" }
        let place = place.map { " at row \($0.row), column \($0.column)" } ?? ""
        return "\(name): \(types), \(differingCount) of \(elementCount) values differ, at most by "
            + "\(Decimal.significant(largestDifference))\(place); RMS \(Decimal.significant(rmsDifference))"
    }
}

extension PartComparison {
    /// A row of the summary. Cells of a part that does not differ are empty.
    fileprivate var row: [String] {
        let (types, others) = (firstTypes.joined(separator: "+"), secondTypes.joined(separator: "+"))
        var cells = [title, types == others ? types : "\(types.orNone) → \(others.orNone)"]
        cells.append("\(differingModuleCount) of \(moduleCount)")
        cells.append("\(differingTensorCount) of \(tensorCount)")
        guard elementCount > 0, let largestDifference, let rmsDifference else { return cells + ["", "", "", ""] }
        let share = Decimal.finePercent(Double(differingCount) / Double(elementCount))
        cells.append(differingCount == 0 ? "none" : differingCount < 1000 ? "\(differingCount) (\(share))" : share)
        cells.append(Decimal.significant(largestDifference))
        cells.append(Decimal.significant(rmsDifference))
        return cells + [relativeDifference.map(Decimal.finePercent) ?? ""]
    }

    private var title: String {
        switch kind {
        case .vectors: "norms and biases"
        case .routers: "routers"
        case .tokenEmbedding: "token embedding"
        case .outputHead: "output head"
        case .keyValue: "kv"
        case .attention: "attention"
        case .mlp: "mlp"
        }
    }
}

extension String {
    fileprivate var orNone: String { isEmpty ? "none" : self }
}
