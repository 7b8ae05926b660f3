import SkipConvert
import SkipDiagnostics
import SkipFiles

/// The contents of an adapter's files.
package struct AdapterReport: JSONConvertible {
    package struct Module: JSONConvertible {
        let weight: String
        let rank: Int
        /// Nil if the files do not state the alpha.
        let effectiveScale: Double?
        let magnitude: Bool
        let shape: [Int]

        package var json: JSONDocument {
            [
                "weight": .string(weight),
                "rank": .integer(rank),
                "effectiveScale": .optional(effectiveScale),
                "magnitude": .bool(magnitude),
                "shape": .array(shape),
            ]
        }
    }

    let adapter: String
    let file: String
    let tensorCount: Int
    let rank: Int?
    let alpha: Double?
    let rankStabilized: Bool
    let baseModel: String?
    let modules: [Module]
    let replacedWeights: [String]
    /// Tensors that are not used, because the configuration does not target their modules.
    let leftOut: [String]
    /// What PEFT assumes for absent fields of the configuration.
    let assumed: [String]

    package init(_ summary: AdapterSummary) {
        adapter = ByteString(summary.name).description
        file = ByteString(summary.path).description
        tensorCount = summary.tensorCount
        rank = summary.rank
        alpha = summary.alpha
        rankStabilized = summary.usesRankStabilizedScale
        baseModel = summary.baseModelName.map { ByteString($0).description }
        modules = summary.modules.map {
            Module(
                weight: $0.weight, rank: $0.rank, effectiveScale: $0.effectiveScale, magnitude: $0.hasMagnitude,
                shape: $0.shape?.dimensions ?? [])
        }
        replacedWeights = summary.replacements
        leftOut = summary.notTargeted.map { ByteString($0).description }
        assumed = summary.assumptions
    }

    package func text(listsTensors: Bool) -> String {
        let scales = Set(modules.compactMap(\.effectiveScale)).sorted()
        var lines: [(key: String, value: String)] = [
            ("adapter", adapter),
            ("tensors", "\(tensorCount) in \(file)"),
            (
                "method",
                (modules.contains(where: \.magnitude) ? "DoRA" : "LoRA") + (rankStabilized ? ", rank-stabilized" : "")
            ),
            ("rank", Self.list(Set(modules.map(\.rank)).sorted())),
            ("alpha", alpha.map(\.plainText) ?? "not stated: --lora-alpha is needed"),
        ]
        if !scales.isEmpty { lines.append(("effective scale", Self.list(scales.map(\.plainText)))) }
        if let baseModel { lines.append(("trained on", baseModel)) }
        lines.append(("adapted", "\(modules.count) matrices: \(Self.kinds(modules.map(\.weight)))"))
        if !replacedWeights.isEmpty {
            lines.append(("replaced", "\(replacedWeights.count) tensors: \(Self.kinds(replacedWeights))"))
        }
        if !leftOut.isEmpty { lines.append(("left out", "\(leftOut.count) tensors of modules that are not targeted")) }
        if !assumed.isEmpty { lines.append(("assumed", assumed.joined(separator: ", "))) }
        var text = KeyValueLines.text(lines)
        if listsTensors {
            for module in modules {
                let scale = module.effectiveScale.map { ", scale \($0.plainText)" } ?? ""
                text += "  \(module.weight) \(module.shape)  rank \(module.rank)\(scale)\n"
            }
            for weight in replacedWeights { text += "  \(weight)  replaced\n" }
            for tensor in leftOut { text += "  \(tensor)  left out\n" }
        }
        return text
    }

    private static func list(_ values: [some CustomStringConvertible]) -> String {
        values.isEmpty
            ? "none" : values.prefix(8).map(\.description).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
    }

    /// The number of weights of each kind of module: `30 × q_proj, 30 × v_proj`.
    private static func kinds(_ weights: [String]) -> String {
        var counts: [String: Int] = [:]
        for weight in weights {
            let parts = weight.split(separator: ".").filter { Int($0) == nil && $0 != "weight" }
            counts[String(parts.last ?? ""), default: 0] += 1
        }
        let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        return kinds.isEmpty ? "none" : kinds.joined(separator: ", ")
    }

    package var json: JSONDocument {
        [
            "kind": "adapter",
            "adapter": .string(adapter),
            "file": .string(file),
            "tensorCount": .integer(tensorCount),
            "rank": .optional(rank),
            "alpha": .optional(alpha),
            "rankStabilized": .bool(rankStabilized),
            "baseModel": .optional(baseModel),
            "modules": .array(modules),
            "replacedWeights": .array(replacedWeights),
            "leftOut": .array(
                leftOut.map { ["name": .string($0), "reason": "its module is not targeted"] as JSONDocument }),
            "assumed": .array(assumed),
        ]
    }
}
