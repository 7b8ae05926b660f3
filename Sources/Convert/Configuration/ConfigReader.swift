import SkipFiles

/// Typed, checked access to the fields of a `config.json`, under their names there.
///
/// A field that is used is right or an error; nothing is defaulted in silence, rounded or clipped.
struct ConfigReader {
    let file: String
    /// Where the object stands in its file: empty, or a path that ends in a dot.
    let path: String
    let object: JSONObject
    /// The rule that a field of the wrong type breaks.
    let fieldRule: InputRule

    init(file: String, path: String = "", object: JSONObject, fieldRule: InputRule = .configField) {
        self.file = file
        self.path = path
        self.object = object
        self.fieldRule = fieldRule
    }

    /// The field's value; nil if it is absent or null, which Transformers treats alike.
    func value(_ key: String) -> JSONValue? {
        guard let value = object[ByteString(key)], value != .null else { return nil }
        return value
    }

    func error(_ rule: InputRule, _ key: String, found: String, required: String = "") -> InputError {
        InputError(rule, file: file, at: .field(path + key), found: found, required: required)
    }

    /// An integer of a range; throws if the field is absent.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
        guard let integer = try optionalInteger(key, in: range) else {
            throw error(fieldRule, key, found: "nothing", required: "an integer")
        }
        return integer
    }

    func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int? {
        guard let value = value(key) else { return nil }
        return try integer(value, key, in: range)
    }

    private func integer(_ value: JSONValue, _ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
        let required = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let number) = value else {
            throw error(fieldRule, key, found: value.kindName, required: required)
        }
        guard let integer = number.integer, range.contains(integer) else {
            throw error(fieldRule, key, found: String(number.lexeme.prefix(40)), required: required)
        }
        return integer
    }

    /// One integer or a list of them, as `eos_token_id` is written.
    func integers(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> [Int]? {
        guard let value = value(key) else { return nil }
        guard case .array(let values) = value else { return [try integer(value, key, in: range)] }
        var integers: [Int] = []
        for value in values { integers.append(try integer(value, key, in: range)) }
        return integers
    }

    /// A finite number greater than zero.
    func positiveNumber(_ key: String) throws(InputError) -> Double {
        guard let number = try optionalPositiveNumber(key) else {
            throw error(fieldRule, key, found: "nothing", required: "a number")
        }
        return number
    }

    func optionalPositiveNumber(_ key: String) throws(InputError) -> Double? {
        guard let value = value(key) else { return nil }
        guard case .number(let number) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "a number")
        }
        // A float32 must hold it too: that is what the model computes with.
        guard let double = number.double, double > 0, Float(double) > 0, Float(double).isFinite else {
            throw error(.configValue, key, found: String(number.lexeme.prefix(40)), required: "a finite number above 0")
        }
        return double
    }

    func boolean(_ key: String, default defaultValue: Bool) throws(InputError) -> Bool {
        guard let value = value(key) else { return defaultValue }
        guard case .bool(let boolean) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "true or false")
        }
        return boolean
    }

    func string(_ key: String) throws(InputError) -> ByteString? {
        guard let value = value(key) else { return nil }
        guard case .string(let string) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "a string")
        }
        return string
    }

    /// A nested object.
    func section(_ key: String) throws(InputError) -> ConfigReader? {
        guard let value = value(key) else { return nil }
        guard case .object(let object) = value else {
            throw error(fieldRule, key, found: value.kindName, required: "an object")
        }
        return ConfigReader(file: file, path: path + key + ".", object: object, fieldRule: fieldRule)
    }
}
