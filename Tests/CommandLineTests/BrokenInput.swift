import TestSupport
import Testing

/// A broken input and the error that `skipc convert` must report.
struct BrokenInput: Sendable, CustomTestStringConvertible {
    let name: String
    /// The id in `error[…]`.
    let rule: String
    let status: Int32
    /// A text that the message must contain: the file or the place.
    let mentions: String
    /// The adapter to merge, relative to the prepared directory, with its scale, or nil.
    var adapter: String?
    let prepare: @Sendable (TemporaryDirectory) throws -> Void

    /// Begins with the case in `specs/hostile-inputs.md`, which is that of the rule unless the name states another.
    var testDescription: String { name.prefixMatch(of: /[A-Z]{2}-[0-9]+\s/) == nil ? "\(rule) \(name)" : name }

    init(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String,
        prepare: @escaping @Sendable (TemporaryDirectory) throws -> Void
    ) {
        self.name = name
        self.rule = rule
        self.status = status
        self.mentions = mentions
        self.prepare = prepare
    }

    /// A checkpoint whose `config.json` has one text replaced.
    static func config(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String = "config.json", replace old: String,
        with new: String
    ) -> BrokenInput {
        BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            var checkpoint = TinyCheckpoint()
            precondition(checkpoint.config.contains(old), "config.json does not contain \(old)")
            checkpoint.config = checkpoint.config.replacingFirst(old, with: new)
            try checkpoint.write(to: directory)
        }
    }

    /// A checkpoint whose safetensors header has one text replaced.
    static func header(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String = "model.safetensors", replace old: String,
        with new: String
    ) -> BrokenInput {
        BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            let checkpoint = TinyCheckpoint()
            try checkpoint.write(to: directory)
            try directory.write(checkpoint.model.file(replacing: old, with: new), to: "model.safetensors")
        }
    }

    /// A checkpoint whose `model.safetensors` is replaced by bytes that `change` makes of the valid ones.
    static func bytes(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String = "model.safetensors",
        _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> BrokenInput {
        BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            let checkpoint = TinyCheckpoint()
            try checkpoint.write(to: directory)
            try directory.write(change(checkpoint.model.file), to: "model.safetensors")
        }
    }

    /// A checkpoint that is changed before it is written.
    static func checkpoint(
        _ name: String, _ rule: String, status: Int32 = 3, mentions: String,
        _ change: @escaping @Sendable (inout TinyCheckpoint) -> Void
    ) -> BrokenInput {
        BrokenInput(name, rule, status: status, mentions: mentions) { directory in
            var checkpoint = TinyCheckpoint()
            change(&checkpoint)
            try checkpoint.write(to: directory)
        }
    }
}
