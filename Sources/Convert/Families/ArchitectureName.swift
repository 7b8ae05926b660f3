import SkipFiles

/// The class name in `architectures` of a `config.json`.
struct ArchitectureName {
    private let name: ByteString
    /// What such a model is; nil if neither its name nor its configuration says it.
    private let kind: String?

    /// Prefixes that wrappers of training frameworks put before the name.
    private static let wrapperPrefixes = ["fsdp", "peft", "ddp", "parallel", "tensorparallel"]

    /// Classes that hold a model of any family.
    private static let genericNames = [
        "automodelforcausallm", "peftmodelforcausallm", "peftmodel", "optimizedmodule", "fullyshardeddataparallel",
        "distributeddataparallel", "deepspeedengine",
    ]

    /// Nil if the configuration names no class. Throws if `architectures` is not a list of names.
    init?(_ config: ConfigReader) throws(InputError) {
        guard let value = config.value("architectures") else { return nil }
        guard case .array(let values) = value else {
            throw config.error(
                .configField, "architectures", found: value.kindName, required: "a list of one class name")
        }
        guard let first = values.first else { return nil }
        guard case .string(let name) = first else {
            throw config.error(.configField, "architectures", found: first.kindName, required: "the name of a class")
        }
        self.name = name
        kind = OtherModelKind.kind(ofClass: Self.lowercased(name)) ?? OtherModelKind.kind(of: config)
    }

    /// Whether the class says nothing about the family.
    var isGeneric: Bool { Self.genericNames.contains(Self.lowercased(name)) }

    /// Whether this is a spelling of a class name: any case, and with a wrapper's prefix or without.
    func isSpelling(of className: ByteString) -> Bool {
        let (name, className) = (Self.lowercased(name), Self.lowercased(className))
        return name == className || Self.wrapperPrefixes.contains { name == $0 + className }
    }

    /// The name in lower case, without the modules before it.
    private static func lowercased(_ name: ByteString) -> String {
        let lowercased = name.description.lowercased()
        return lowercased.split(separator: ".").last.map(String.init) ?? lowercased
    }
}

extension ArchitectureName: CustomStringConvertible {
    /// The name and, if it is known, what such a model is.
    var description: String {
        "\"\(name)\"" + (kind.map { ", \($0)" } ?? "")
    }
}
