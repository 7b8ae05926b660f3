import SkipFiles
import TestSupport
import Testing

@Suite struct EditableJSONObjectTests {
    private func edit(_ text: String, _ key: String, _ value: JSONDocument) throws -> String {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: "config.json")
        var config = try EditableJSONObject(path: directory.file("config.json"), syntaxRule: .configSyntax)
        try config.set(ByteString(key), to: value)
        return String(decoding: config.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"a": 1, "b": [1, "}"], "c": "x"}"#, "a", #"{"a": 9, "b": [1, "}"], "c": "x"}"#),
        (#"{"a": 1, "b": [1, "},"], "c": "x"}"#, "b", #"{"a": 1, "b": 9, "c": "x"}"#),
        ("{\"a\" :\t{\"c\": 2}\n ,\"c\":\"x,y}\" \n}\n", "c", "{\"a\" :\t{\"c\": 2}\n ,\"c\":9 \n}\n"),
        ("{\"a\" :\t{\"c\": 2}\n ,\"c\":1}", "a", "{\"a\" :\t9\n ,\"c\":1}"),
        (#"{"a\"b": 1, "a": true}"#, "a", #"{"a\"b": 1, "a": 9}"#),
        (#"{"a": 1}"#, "z", "{\n  \"z\": 9,\"a\": 1}"),
        ("{}", "z", "{\n  \"z\": 9\n}"),
    ])
    func oneMemberChangesAndNothingElse(_ text: String, _ key: String, _ expected: String) throws {
        #expect(try edit(text, key, 9) == expected)
    }

    @Test func valuesOfEveryKindAreReplaced() throws {
        let object = try JSONFile.object(
            Array(#"{"a": [1, {"b": "},"}], "c": "x\",y", "d": -1.5e3, "e": null}"#.utf8), file: "f",
            syntaxRule: .configSyntax)
        #expect(object.members.count == 4)
        for key in ["a", "c", "d", "e"] {
            let text = try edit(#"{"a": [1, {"b": "},"}], "c": "x\",y", "d": -1.5e3, "e": null}"#, key, "z")
            let changed = try JSONFile.object(Array(text.utf8), file: "f", syntaxRule: .configSyntax)
            for member in object.members {
                #expect(changed[member.key] == (member.key == ByteString(key) ? .string("z") : member.value))
            }
        }
    }
}
