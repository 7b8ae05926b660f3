import SkipEvaluate
import SkipFiles

/// Whether two files are equal, and what differs between them.
package struct DifferenceReport: JSONConvertible {
    let first: String
    let second: String
    package let areEqual: Bool
    let configuration: [FileComparison.Difference]
    let sameTokenizer: Bool
    let modules: Int
    let differingModules: [String]
    let loneTensors: [FileComparison.Difference]
    let commonTensors: Int
    let tensors: [FileComparison.TensorDifference]
    let provenance: [FileComparison.Difference]

    /// With `ignoresProvenance`, files whose provenance differs can be equal.
    package init(
        _ comparison: FileComparison, paths: (String, String), threadCount: Int, ignoresProvenance: Bool
    ) throws {
        first = ByteString(paths.0).description
        second = ByteString(paths.1).description
        configuration = comparison.configuration
        sameTokenizer = comparison.hasSameTokenizer
        loneTensors = comparison.loneTensors
        commonTensors = comparison.commonTensorCount
        tensors = try comparison.tensors(threadCount: threadCount)
        modules = comparison.moduleCount
        differingModules = comparison.modulesWithLoneTensors.union(tensors.map(\.module)).sorted()
        provenance = comparison.provenance
        areEqual =
            configuration.isEmpty && sameTokenizer && loneTensors.isEmpty && tensors.isEmpty
            && (ignoresProvenance || provenance.isEmpty)
    }

    package var text: String {
        var text = "\(first) and \(second) \(areEqual ? "are equal" : "differ")\n"
        text += section("configuration", configuration.map(\.words))
        if !sameTokenizer { text += "tokenizer: not the same\n" }
        text += "modules: \(modules - differingModules.count) of \(modules) equal\n"
        text += "tensors: \(commonTensors - tensors.count) of \(commonTensors) equal\n"
        for line in loneTensors.map(\.words) + tensors.map(\.words) { text += "  \(line)\n" }
        text += section("provenance", provenance.map(\.words))
        return text
    }

    private func section(_ name: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "\(name):\n" + lines.map { "  \($0)\n" }.joined()
    }

    package var json: JSONDocument {
        [
            "first": .string(first),
            "second": .string(second),
            "areEqual": .bool(areEqual),
            "configuration": .array(configuration),
            "sameTokenizer": .bool(sameTokenizer),
            "modules": .integer(modules),
            "differingModules": .array(differingModules),
            "loneTensors": .array(loneTensors),
            "commonTensors": .integer(commonTensors),
            "tensors": .array(tensors),
            "provenance": .array(provenance),
        ]
    }
}

extension FileComparison.Difference {
    fileprivate var words: String { "\(name): \(first ?? "absent") | \(second ?? "absent")" }
}

extension FileComparison.TensorDifference {
    fileprivate var words: String {
        let types = firstType == secondType ? firstType : "\(firstType) | \(secondType)"
        guard let differingCount, let largestDifference else { return "\(tensor): \(types)" }
        let place = row.flatMap { row in column.map { " at row \(row), column \($0)" } } ?? ""
        return "\(tensor): \(types), \(differingCount) of \(elementCount) elements differ, at most by "
            + "\(largestDifference)\(place)"
    }
}
