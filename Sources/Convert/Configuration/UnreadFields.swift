import SkipFiles
import SkipModel

/// Checks the fields of a configuration that its family does not read.
struct UnreadFields {
    let config: ConfigReader
    /// The family's class in Transformers.
    let className: ByteString
    /// The fields that change what models of other families compute, and that this class ignores.
    let ignoredFields: Set<ByteString>

    /// Throws if a field changes what the model computes; notes the fields of unknown meaning.
    func check(_ configuration: ModelConfiguration) throws(InputError) {
        for member in config.object.members where member.value != .null {
            let field = "\(member.key)"
            if config.record?.hasRead(field) == true || HarmlessFields.names.contains(member.key) { continue }
            if member.key == "auto_map" {
                config.record?.add(.customCode(field: field))
                continue
            }
            guard let neutral = MathematicalFields.neutralValues[member.key] else {
                config.record?.add(.unknown(field: field, value: member.value.valueText))
                continue
            }
            if neutral.includes(member.value, in: configuration, config) { continue }
            guard ignoredFields.contains(member.key) else {
                throw config.error(
                    .unsupportedConfigValue, field, found: member.value.valueText, required: neutral.description)
            }
            config.record?.add(.notUsed(field: field, value: member.value.valueText, user: "\(className)"))
        }
    }
}
