/// Something about a configuration that its user may not expect: a default, or a field without effect.
public enum ConfigurationNote: Hashable, Sendable {
    /// An absent or null field has this value, the default of the family's class in Transformers.
    case defaulted(field: String, value: String, isNull: Bool)
    /// A field that `user`, a class or a kind of rotary embedding, does not use.
    case notUsed(field: String, value: String, user: String)
    /// A field that `winner`, another field with another value, replaces.
    case replaced(field: String, value: String, winner: String)
    /// The field that names code of the checkpoint's own.
    case customCode(field: String)
    /// A field of unknown meaning.
    case unknown(field: String, value: String)

    /// The path of the field in `config.json`.
    public var field: String {
        switch self {
        case .defaulted(let field, _, _), .notUsed(let field, _, _), .replaced(let field, _, _),
            .customCode(let field), .unknown(let field, _):
            field
        }
    }
}
