import SkipFiles
import Testing

@Suite struct JSONWriterTests {
    private static let document: JSONDocument = [
        "text": "a \"quoted\" \\ line\nand é", "numbers": [1, -2], "whole": .number(3), "real": .number(0.1),
        "infinite": .number(.infinity), "none": [.null], "yes": true, "empty": [], "object": .object([]),
    ]

    @Test func compactTextHasNoWhiteSpace() {
        #expect(
            JSONWriter.text(of: Self.document, style: .compact)
                == #"{"text":"a \"quoted\" \\ line\u000aand é","numbers":[1,-2],"whole":3,"real":0.1,"infinite":null,"#
                + #""none":[null],"yes":true,"empty":[],"object":{}}"#)
    }

    @Test func indentedTextHasOneMemberALine() {
        let document: JSONDocument = ["a": [1, 2], "b": ["c": .number(.nan), "absent": .null]]
        #expect(
            JSONWriter.text(of: document, style: .indented)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}")
    }

    @Test(arguments: [JSONWriter.Style.compact, .indented]) func theReaderReadsWhatIsWritten(style: JSONWriter.Style)
        throws
    {
        let value = try JSONReader.parse(JSONWriter.bytes(of: Self.document, style: style))
        guard case .object(let object) = value else { return #expect(Bool(false)) }
        #expect(
            object.members.map(\.key) == [
                "text", "numbers", "whole", "real", "infinite", "none", "yes", "empty", "object",
            ])
        #expect(object["text"] == .string("a \"quoted\" \\ line\nand é"))
        guard case .number(let real)? = object["real"] else { return #expect(Bool(false)) }
        #expect(real.double == 0.1)
    }
}
