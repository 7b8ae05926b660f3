import SkipFiles
import SkipModel

/// What the checkpoints of one model family look like: its configuration and the names of its tensors.
///
/// A new family is a new file beside this one and a line in `CheckpointFamilies`.
protocol CheckpointFamily: Sendable {
    /// The names by which `architectures` in `config.json` calls the family.
    var classNames: [ByteString] { get }

    var tensorNames: TensorNames { get }

    /// Reads the configuration, all but the routers.
    func configuration(_ config: ConfigReader) throws(InputError) -> ModelConfiguration

    /// The tensors that a checkpoint of this configuration holds, beyond `ModelConfiguration.requiredTensors`.
    func biases(_ config: ConfigReader, _ configuration: ModelConfiguration) throws(InputError) -> [TensorID]
}

public enum CheckpointFamilies {
    static let all: [any CheckpointFamily] = [LlamaFamily()]

    /// What checkpoints of an architecture call a tensor: `model.layers.3.mlp.up_proj.weight`. Nil for what they have no
    /// name for.
    public static func name(of id: TensorID, in architecture: Architecture) -> String? {
        if let module = id.role.routedModule {
            let parts = RouterTensorName.Part.allCases
            let part = parts.first { RouterTensorName.role(of: $0, module) == id.role }
            return id.layer.flatMap { layer in part.map { RouterTensorName.name(layer: layer, module, $0) } }
        }
        switch architecture {
        case .llama: return LlamaFamily().tensorNames.name(of: id)
        }
    }

    /// The family that a `config.json` names.
    static func family(_ config: ConfigReader) throws(InputError) -> any CheckpointFamily {
        guard case .array(let values)? = config.value("architectures"), case .string(let name)? = values.first else {
            throw config.error(
                .configField, "architectures", found: "no class name", required: "a list of one class name")
        }
        guard let family = all.first(where: { $0.classNames.contains(name) }) else {
            let known = all.flatMap(\.classNames).map(\.description).joined(separator: ", ")
            throw config.error(.unsupportedArchitecture, "architectures", found: "\"\(name)\"", required: known)
        }
        return family
    }
}
