import SkipConvert
import SkipFiles

/// Notes about defaults and about fields of `config.json` that have no effect.
package enum ConfigurationNotes {
    /// The most fields of unknown meaning that are named.
    private static let unknownFieldLimit = 12

    package static func lines(_ notes: [ConfigurationNote]) -> [String] {
        var lines = notes.compactMap(words)
        let unknown = notes.compactMap { note in
            if case .unknown(let field, let value) = note { "\(field) (\(value))" } else { nil }
        }
        if !unknown.isEmpty {
            let named = unknown.prefix(unknownFieldLimit).joined(separator: ", ")
            let others = unknown.count - unknownFieldLimit
            lines.append(
                "fields of unknown meaning are not used: " + named + (others > 0 ? " and \(others) others" : ""))
        }
        return lines.map { "config.json: " + $0 }
    }

    /// The line of a note; nil for a field of unknown meaning.
    static func words(_ note: ConfigurationNote) -> String? {
        switch note {
        case .defaulted(let field, let value, let isNull):
            "\(field) is \(isNull ? "null" : "absent"): \(value) is used, the default of Transformers"
        case .notUsed(let field, let value, let user): "\(field) is \(value), which \(user) does not use"
        case .replaced(let field, let value, let winner):
            "\(field) is \(value), which is not used, because \(winner) says otherwise"
        case .customCode(let field):
            "\(field) names code of the checkpoint's own: if it computes something else, the result is wrong"
        case .unknown: nil
        }
    }
}

/// A note in the JSON of `inspect`.
struct ConfigurationNoteReport: JSONConvertible {
    let note: ConfigurationNote

    var json: JSONDocument {
        switch note {
        case .defaulted(let field, let value, _): Self.members("default", field, value)
        case .notUsed(let field, let value, let user): Self.members("notUsed", field, value, by: user)
        case .replaced(let field, let value, let winner): Self.members("replaced", field, value, by: winner)
        case .customCode(let field): Self.members("customCode", field, nil)
        case .unknown(let field, let value): Self.members("unknown", field, value)
        }
    }

    private static func members(
        _ kind: String, _ field: String, _ value: String?, by other: String? = nil
    ) -> JSONDocument {
        ["kind": .string(kind), "field": .string(field), "value": .optional(value), "by": .optional(other)]
    }
}
