import Model

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

enum CheckpointFamilies {
    static let all: [any CheckpointFamily] = [LlamaFamily()]

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
