import SkipFiles

/// Replaces or adds a member in the text of an arbitrary JSON object. The first byte selects the member.
///
/// The result is JSON, only that member differs, and the bytes before it are unchanged.
enum EditingEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let selector = Int(bytes.first ?? 0)
        let text = Array(bytes.dropFirst())
        try ScratchFile.with(text, named: "config.json") { path in
            var edited = try EditableJSONObject(path: path, syntaxRule: .configSyntax)
            let object = try JSONFile.object(text, file: path, syntaxRule: .configSyntax)
            let members = Array(object.members)
            let isNew = selector >= 128 || members.isEmpty
            let key = isNew ? ByteString("new \"key\"\n") : members[selector % members.count].key
            let isPresent = object[key] != nil
            let value: JSONDocument = ["list": [1, "}\u{1}"]]
            let result: JSONObject
            do throws(InputError) {
                try edited.set(key, to: value)
                result = try JSONFile.object(edited.bytes, file: path, syntaxRule: .configSyntax)
            } catch {
                throw BrokenProperty(description: "the edited object is refused: \(error)")
            }
            try require(
                result.members.map(\.key) == (isPresent ? [] : [key]) + members.map(\.key),
                "the keys are the same, after a new one")
            for member in result.members where member.key != key {
                try require(object[member.key] == member.value, "other members are unchanged")
            }
            guard case .object(let written)? = result[key], case .array(let list)? = written["list"] else {
                throw BrokenProperty(description: "the new value is there")
            }
            try require(list.count == 2 && list[1] == .string("}\u{1}"), "the new value is the one that was set")
            let start = members.first { $0.key == key }?.keyOffset ?? text.firstIndex(of: UInt8(ascii: "{")) ?? 0
            try require(edited.bytes.prefix(start + 1) == text.prefix(start + 1), "the bytes before are unchanged")
        }
    }
}
