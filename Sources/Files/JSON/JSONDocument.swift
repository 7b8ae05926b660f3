/// A JSON value to write. Objects keep the order of their members.
///
/// It can be written as a literal: `["rank": 16, "targets": ["q_proj", "v_proj"]]`.
public indirect enum JSONDocument: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Written as the shortest text that parses as the same number; `null` if it is infinite or not a number.
    case number(Double)
    /// UTF-8.
    case string(ByteString)
    case array([JSONDocument])
    case object([Member])

    /// A key and its value. A struct, because tuples are not `Equatable`.
    public struct Member: Equatable, Sendable {
        public let key: ByteString
        public let value: JSONDocument

        public init(_ key: ByteString, _ value: JSONDocument) {
            self.key = key
            self.value = value
        }
    }

    public static func string(_ string: String) -> JSONDocument { .string(ByteString(string)) }

    /// Returns `null` for nil. A dictionary literal omits such members.
    public static func optional(_ string: String?) -> JSONDocument { string.map { .string($0) } ?? .null }
    public static func optional(_ number: Double?) -> JSONDocument { number.map { .number($0) } ?? .null }
    public static func optional(_ integer: Int?) -> JSONDocument { integer.map { .integer($0) } ?? .null }
    public static func optional(_ value: (some JSONConvertible)?) -> JSONDocument { value?.json ?? .null }

    public static func array(_ values: [some JSONConvertible]) -> JSONDocument { .array(values.map(\.json)) }
    public static func array(_ strings: [String]) -> JSONDocument { .array(strings.map { .string($0) }) }
    public static func array(_ numbers: [Double]) -> JSONDocument { .array(numbers.map { .number($0) }) }
    public static func array(_ integers: [Int]) -> JSONDocument { .array(integers.map { .integer($0) }) }
}

/// A value that can be converted to JSON.
public protocol JSONConvertible {
    var json: JSONDocument { get }
}

extension JSONDocument: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    /// Creates an object. Members whose value is `null` are omitted.
    public init(dictionaryLiteral members: (ByteString, JSONDocument)...) {
        self = .object(members.filter { $0.1 != .null }.map { Member($0.0, $0.1) })
    }

    public init(arrayLiteral values: JSONDocument...) { self = .array(values) }
    public init(stringLiteral string: String) { self = .string(ByteString(string)) }
    public init(integerLiteral integer: Int) { self = .integer(integer) }
    public init(booleanLiteral bool: Bool) { self = .bool(bool) }
}
