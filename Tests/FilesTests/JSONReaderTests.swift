import Testing

@testable import SkipFiles

@Suite struct JSONReaderTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONReader.parse(Array(text.utf8)) }

    @Test func keepsMembersInOrderAndNumbersAsWritten() throws {
        let value = try parse(#" {"b": [1, -2.50e+3, true, null], "a": {"x": "\u00e9\n\ud83d\ude00"}} "#)
        guard case .object(let object) = value else { throw Unexpected() }
        #expect(object.members.map(\.key) == ["b", "a"])
        #expect(object.members.map(\.keyOffset) == [2, 34])
        guard case .array(let array)? = object["b"], case .number(let number) = array[1] else { throw Unexpected() }
        #expect(number.lexeme == "-2.50e+3" && number.double == -2500 && number.integer == nil)
        guard case .object(let inner)? = object["a"] else { throw Unexpected() }
        #expect(inner["x"] == .string(ByteString("é\n😀")))
    }

    @Test("CF-70: the long integer that Hugging Face writes is read") func acceptsTheLongIntegerThatHuggingFaceWrites()
        throws
    {
        guard case .number(let number) = try parse("1000000000000000019884624838656") else { throw Unexpected() }
        #expect(number.integer == nil && number.double == 1e30)
    }

    @Test("CF-69: keys are compared by their bytes") func keepsCanonicallyEqualKeysApart() throws {
        guard case .object(let object) = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}") else { throw Unexpected() }
        #expect(object.members.count == 2)
    }

    @Test(
        "CF-69: JSON is read as the standard defines it",
        arguments: [
            ("", JSONError.Reason.unexpectedEnd, 0),
            ("{\"a\":1,}", .unexpectedByte, 7),
            ("[1,]", .unexpectedByte, 3),
            ("[1 2]", .unexpectedByte, 3),
            ("{} x", .trailingBytes, 3),
            ("\u{FEFF}{}", .byteOrderMark, 0),
            ("// no\n1", .unexpectedByte, 0),
            ("NaN", .unexpectedByte, 0),
            ("-Infinity", .malformedNumber, 1),
            ("01", .malformedNumber, 1),
            ("1.", .malformedNumber, 2),
            ("1e", .malformedNumber, 2),
            ("\"a\u{01}\"", .controlCharacter, 2),
            ("\"\\x\"", .invalidEscape, 1),
            ("\"\\u12g4\"", .invalidEscape, 1),
            ("\"\\ud800\"", .loneSurrogate, 1),
            ("\"\\udc00\\ud800\"", .loneSurrogate, 1),
            ("\"abc", .unexpectedEnd, 4),
            ("tru", .unexpectedEnd, 3),
            ("{\"a\":1,\"\\u0061\":2}", .duplicateKey("a", firstOffset: 1), 7),
        ])
    func refuses(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
        #expect(throws: JSONError(reason: reason, offset: offset)) { try parse(text) }
    }

    /// Large objects search their members with an index, small ones one by one.
    @Test(arguments: [0, 1, 8, 9, 1000]) func findsMembers(count: Int) throws {
        let members = (0..<count).map { "\"key\($0)\":\($0)" }
        guard case .object(let object) = try parse("{" + members.joined(separator: ",") + "}") else {
            throw Unexpected()
        }
        for position in 0..<count {
            #expect(object.position(of: ByteString("key\(position)")) == position)
            #expect(object[ByteString("key\(position)")] == Array(object.members)[position].value)
        }
        #expect(object.position(of: "key") == nil)
        #expect(object[ByteString("key\(count)")] == nil)
    }

    @Test(arguments: [1, 8, 9, 1000]) func refusesAKeyTwice(count: Int) throws {
        let members = (0..<count).map { "\"key\($0)\":0" }.joined(separator: ",")
        for repeated in [0, count - 1] {
            let key = ByteString("key\(repeated)")
            let first = 1 + (0..<repeated).reduce(0) { $0 + "\"key\($1)\":0,".utf8.count }
            let second = members.utf8.count + 2
            #expect(throws: JSONError(reason: .duplicateKey(key, firstOffset: first), offset: second)) {
                try parse("{" + members + ",\"\(key)\":1}")
            }
        }
    }

    @Test func refusesInvalidUTF8() {
        for bytes: [UInt8] in [[0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF], [0xE2, 0x82]] {
            #expect(throws: JSONError.self) { try JSONReader.parse([0x22] + bytes + [0x22]) }
        }
    }

    @Test("CF-69: the depth is bounded") func boundsDepthWithoutRecursingFurther() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError(reason: .tooDeep(limit: 64), offset: 64)) { try parse(text) }
    }

    private struct Unexpected: Error {}
}
