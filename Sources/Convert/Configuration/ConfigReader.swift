import SkipFiles

/// Typed, checked access to the fields of a JSON configuration such as `config.json`.
///
/// Every field that is read has the required type and range, or an error is thrown. No value is rounded or clamped.
struct ConfigReader {
    let file: String
    /// The path of the object in its file: empty, or ending in a dot.
    let path: String
    let object: JSONObject
    /// The rule that a field of the wrong type or range breaks.
    let fieldRule: InputRule
    /// The rule that a member with an unknown key breaks.
    let memberRule: InputRule
    /// Records the fields that are read; nil if nobody asks.
    let record: ConfigurationRecord?

    init(
        file: String, path: String = "", object: JSONObject, fieldRule: InputRule = .configField,
        memberRule: InputRule = .unsupportedConfigValue, record: ConfigurationRecord? = nil
    ) {
        self.file = file
        self.path = path
        self.object = object
        self.fieldRule = fieldRule
        self.memberRule = memberRule
        self.record = record
    }

    /// Returns the value of a field; nil if it is absent or null, which Transformers treats as the same.
    func value(_ key: String) -> JSONValue? {
        record?.markRead(path + key)
        guard let value = object[ByteString(key)], value != .null else { return nil }
        return value
    }

    /// Returns an error at a field of the object.
    func error(_ rule: InputRule, _ key: String, found: String, required: String = "") -> InputError {
        InputError(rule, file: file, at: .field(path + key), found: found, required: required)
    }

    /// Returns an integer of a range. Throws if the field is absent.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
        guard let integer = try optionalInteger(key, in: range) else {
            throw error(fieldRule, key, found: "nothing", required: "an integer")
        }
        return integer
    }

    /// Returns an integer of a range; nil if the field is absent.
    func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int? {
        guard let value = value(key) else { return nil }
        return try integer(value, key, in: range)
    }

    private func integer(_ value: JSONValue, _ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
        let required = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let number) = value, let integer = number.integer, range.contains(integer) else {
            throw error(fieldRule, key, found: value.shortText, required: required)
        }
        return integer
    }

    /// Returns one integer or a list of integers, such as `eos_token_id`; nil if the field is absent.
    func integers(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> [Int]? {
        guard let value = value(key) else { return nil }
        guard case .array(let values) = value else { return [try integer(value, key, in: range)] }
        var integers: [Int] = []
        for value in values { integers.append(try integer(value, key, in: range)) }
        return integers
    }

    /// Returns a finite number above 0. Throws if the field is absent.
    func positiveNumber(_ key: String) throws(InputError) -> Double {
        guard let number = try optionalPositiveNumber(key) else {
            throw error(fieldRule, key, found: "nothing", required: "a number")
        }
        return number
    }

    /// Returns a finite number above 0; nil if the field is absent.
    func optionalPositiveNumber(_ key: String) throws(InputError) -> Double? {
        guard let value = value(key) else { return nil }
        guard case .number(let number) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "a number")
        }
        // The model computes in float32, so the value must be finite and above 0 there as well.
        guard let double = number.double, double > 0, Float(double) > 0, Float(double).isFinite else {
            throw error(.configValue, key, found: value.shortText, required: "a finite number above 0")
        }
        return double
    }

    /// Returns a boolean, or the default if the field is absent.
    func boolean(_ key: String, default defaultValue: Bool) throws(InputError) -> Bool {
        guard let value = value(key) else { return defaultValue }
        guard case .bool(let boolean) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "true or false")
        }
        return boolean
    }

    /// Returns a string; nil if the field is absent.
    func string(_ key: String) throws(InputError) -> ByteString? {
        guard let value = value(key) else { return nil }
        guard case .string(let string) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "a string")
        }
        return string
    }

    /// Returns a nested object; nil if the field is absent.
    func section(_ key: String) throws(InputError) -> ConfigReader? {
        guard let value = value(key) else { return nil }
        guard case .object(let object) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "an object")
        }
        return nested(object, key)
    }

    /// Returns the elements of an array of objects; no elements if the field is absent.
    func objects(_ key: String) throws(InputError) -> [ConfigReader] {
        guard let value = value(key) else { return [] }
        guard case .array(let elements) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "an array")
        }
        var readers: [ConfigReader] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let object) = element else {
                throw error(fieldRule, "\(key)[\(index)]", found: element.kindName, required: "an object")
            }
            readers.append(nested(object, "\(key)[\(index)]"))
        }
        return readers
    }

    /// Returns a reader of an object in this one, which breaks the same rules.
    func nested(_ object: JSONObject, _ key: String) -> ConfigReader {
        ConfigReader(
            file: file, path: path + key + ".", object: object, fieldRule: fieldRule, memberRule: memberRule,
            record: record)
    }

    // MARK: Defaults

    /// Returns the documented default of a field that is absent, and records it. `text` is the value in a note.
    func defaulted<Value>(_ key: String, to value: Value, _ text: String) -> Value {
        record?.add(.defaulted(field: path + key, value: text, isNull: object[ByteString(key)] == .null))
        return value
    }

    /// Returns the documented default of a number that is absent, and records it.
    func defaulted(_ key: String, to value: Int) -> Int { defaulted(key, to: value, "\(value)") }

    /// Returns the documented default of a number that is absent, and records it.
    func defaulted(_ key: String, to value: Double) -> Double {
        defaulted(key, to: value, Int(exactly: value).map { "\($0)" } ?? "\(value)")
    }

    // MARK: Required and unknown members

    /// Unwraps the value of a field that must be present. `kind` is what an error requires.
    func required<Value>(_ key: String, _ value: Value?, _ kind: String) throws(InputError) -> Value {
        guard let value else { throw error(fieldRule, key, found: "nothing", required: kind) }
        return value
    }

    /// Returns a boolean. Throws if the field is absent.
    func requiredBoolean(_ key: String) throws(InputError) -> Bool {
        _ = try required(key, value(key), "true or false")
        return try boolean(key, default: false)
    }

    /// Throws if the object has a member that is not in `known`, because its meaning is unknown.
    func refuseOtherMembers(than known: [ByteString]) throws(InputError) {
        for member in object.members where !known.contains(member.key) {
            throw error(memberRule, "\(member.key)", found: "a member of unknown meaning")
        }
    }
}

extension JSONValue {
    /// The start of a number's text, or the kind of any other value.
    var shortText: String {
        if case .number(let number) = self { String(number.lexeme.prefix(40)) } else { kindName }
    }

    /// The start of a number, a string or a boolean as it is written, or the kind of any other value.
    var valueText: String {
        switch self {
        case .string(let string): "\"\(string.description.prefix(40))\""
        case .bool(let boolean): "\(boolean)"
        default: shortText
        }
    }
}
