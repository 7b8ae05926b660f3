import SkipFiles
import SkipModel

/// One model family: how its `config.json` is read, and what the stored tensors of its checkpoints become in the model.
///
/// A new family is a new file in this folder and a line in `CheckpointFamilies.all`.
protocol CheckpointFamily: Sendable {
    /// The names of the family in `architectures` of `config.json`, as Transformers spells them.
    var classNames: [ByteString] { get }

    /// The name of the family in `model_type` of `config.json`.
    var modelType: ByteString { get }

    /// The stored tensors and their placements.
    var placements: PlacementTable { get }

    /// Fields that change what models of other families compute, and that this family's class in Transformers ignores.
    /// They are noted; elsewhere they are errors.
    var ignoredFields: Set<ByteString> { get }

    /// Reads the configuration except for the routers.
    func configuration(_ config: ConfigReader) throws(InputError) -> ModelConfiguration

    /// The bias tensors of a checkpoint with this configuration; `ModelConfiguration.requiredTensors` lists the others.
    func biases(_ config: ConfigReader, _ configuration: ModelConfiguration) throws(InputError) -> [TensorID]
}

extension CheckpointFamily {
    var ignoredFields: Set<ByteString> { [] }
}

/// All families that are read.
public enum CheckpointFamilies {
    static let all: [any CheckpointFamily] = [LlamaFamily()]

    /// The name of the stored tensor that holds a tensor of the model in checkpoints of an architecture:
    /// `model.layers.3.mlp.up_proj.weight`. Nil for a tensor that such checkpoints do not hold.
    public static func name(of id: TensorID, in architecture: Architecture) -> String? {
        if let module = id.role.routedModule {
            let parts = RouterTensorName.Part.allCases
            let part = parts.first { RouterTensorName.role(of: $0, module) == id.role }
            return id.layer.flatMap { layer in part.map { RouterTensorName.name(layer: layer, module, $0) } }
        }
        switch architecture {
        case .llama: return LlamaFamily().placements.name(of: id)
        }
    }

    /// The family that a `config.json` names: by `architectures` or, where that is absent or a wrapper that every family
    /// has, by `model_type`.
    static func family(
        _ config: ConfigReader, among families: [any CheckpointFamily] = all
    ) throws(InputError) -> any CheckpointFamily {
        let modelType = try config.string("model_type")
        guard let name = try ArchitectureName(config), !name.isGeneric else {
            guard let family = families.first(where: { $0.isNamed(by: modelType) }) else {
                let found = modelType.map { "\"\($0)\"" } ?? "neither architectures nor model_type"
                throw config.error(
                    .unsupportedArchitecture, "model_type",
                    found: found + (OtherModelKind.kind(of: config).map { ", \($0)" } ?? ""),
                    required: families.map(\.modelType.description).joined(separator: ", "))
            }
            return family
        }
        guard let family = families.first(where: { $0.classNames.contains(where: name.isSpelling) }) else {
            let known = families.flatMap(\.classNames).map(\.description).joined(separator: ", ")
            throw config.error(.unsupportedArchitecture, "architectures", found: name.description, required: known)
        }
        if let modelType, !family.isNamed(by: modelType) {
            config.record?.add(.replaced(field: "model_type", value: "\"\(modelType)\"", winner: "architectures"))
        }
        return family
    }
}

extension CheckpointFamily {
    /// Whether a `model_type` names this family, in any case.
    fileprivate func isNamed(by modelType: ByteString?) -> Bool {
        modelType.map { $0.description.lowercased() == self.modelType.description } ?? false
    }
}
