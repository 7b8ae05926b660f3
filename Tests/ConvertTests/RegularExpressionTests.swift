import SkipFiles
import Testing

@testable import SkipConvert

/// The expectations are those of Python's `re`.
@Suite struct RegularExpressionTests {
    private static func expression(_ pattern: String) throws -> RegularExpression {
        try RegularExpression(ByteString(pattern))
    }

    @Test(arguments: [
        ("", ""), ("a|ab", "ab"), ("ab|a", "a"), ("(a|b)*c", "abbac"), ("a{2,3}", "aaa"), ("a{,2}b", "b"),
        ("a{2,}", "aaaa"),
        ("a+?", "aaa"), ("[]a]+", "]a"), ("[^a-c]", "d"), ("[a-]+", "a-"), (#"[\w.-]+"#, "q_proj.x-1"),
        (#"\bq_proj\b"#, "q_proj"), (#"a\Bb"#, "ab"), ("^a$", "a"), ("a$", "a"), (#"\Aa\Z"#, "a"), ("a$\n", "a\n"),
        ("(?=a)[ab]", "a"), ("(?!b)[ab]c", "ac"), ("((?!x).)*", "abc"), ("(?:(?=.*z)a|b).*", "axz"), ("a.b", "a\u{1}b"),
        (#"\.\-\_\/"#, ".-_/"), ("(?!(?!a)).", "a"), ("(?P<n>a)b", "ab"), ("]}", "]}"), (#"[\d]{1,}"#, "123"),
        (#".*\.(?:q|k|v)_proj"#, "model.layers.0.self_attn.v_proj"), ("(a?){3}", "aa"),
    ])
    func matchesAll(_ pattern: String, _ name: String) throws {
        #expect(try Self.expression(pattern).matches(all: ByteString(name)))
    }

    @Test(arguments: [
        ("", "a"), ("a|ab", "abc"), ("a{2,3}", "aaaa"), ("[^a-c]", "b"), (".", "\n"), (#"\bproj"#, "q_proj"),
        ("(?!a).*", "abc"), ("((?!x).)*", "axc"), ("(?:(?=.*z)a|b).*", "ax"), (#"\d"#, "x"), (#"\S"#, " "),
        (#"a\Bb"#, "a b"),
        ("a^b", "ab"), (#"a\.b"#, "axb"), ("(?!(?!a)).", "b"), ("(a?){3}", "aaaa"), ("Q", "q"), ("a$", "a\n"),
    ])
    func doesNotMatchAll(_ pattern: String, _ name: String) throws {
        #expect(try !Self.expression(pattern).matches(all: ByteString(name)))
    }

    @Test(
        arguments: [
            (#".*?\.[^.]*\.(?P<idx>\d+)\."#, "model.layers.12.experts.3.w", "12"),
            (#".*\.[^.]*\.(?P<idx>\d+)\."#, "model.layers.12.experts.3.w", "3"),
            (#"(?:^|.*?\.)(?:h|layers)\.(?P<idx>\d+)\."#, "layers.7.q", "7"), (#"x|(?P<idx>\d)"#, "x", nil),
            (#"(?P<idx>a+?)"#, "aaa", "a"), (#"(?P<idx>a+?)a*$"#, "aaa", "a"), (#"((?P<idx>\d)\.?)*"#, "1.2.3", "3"),
            (#"(?P<idx>\d+)"#, "a1", nil),
        ] as [(String, String, String?)])
    func capturesWhatABacktrackingMatcherCaptures(_ pattern: String, _ name: String, _ capture: String?) throws {
        let found = try Self.expression(pattern).capture(atStartOf: ByteString(name))
        #expect(found == capture.map { ByteString($0) })
    }

    @Test(
        "LR-93: constructs beyond regular expressions are refused",
        arguments: [
            (#"(a)\1"#, "a backreference"), ("(?<=a)b", "a lookbehind"), ("(?<!a)b", "a lookbehind"),
            ("(?i)a", "flags"),
            ("(?P<n>a)(?P=n)", "a backreference"), ("(?>a)", "an atomic group"), ("a++", "a possessive"),
            ("a**", "a repetition of"),
            ("a{2}{3}", "a repetition of"), ("*a", "a repetition of nothing"), ("a|+", "a repetition of nothing"),
            ("(a*)*", "can be empty"), ("(|a)+", "can be empty"), ("^*", "a repeated assertion"),
            ("(?=a)?", "a repeated assertion"),
            ("a{2,1}", "m > n"), ("a{", "begins no repetition"), ("a{,}", "begins no repetition"),
            ("(a", "unbalanced ("),
            ("a)", "unbalanced )"), ("[a", "unbalanced ["), ("[b-a]", "range"), (#"[a-\d]"#, "range"),
            (#"\p"#, #"the escape \p"#),
            (#"\n"#, #"the escape \n"#), ("a\\", "a backslash at the end"), ("é", "not ASCII"), ("(?#c)", "a comment"),
            ("(?(1)a)", "a conditional"), ("(?P<1>a)", "name of a group"), ("(?P<n>a)(?P<n>b)", "name of a group"),
            ("a{1000}{9}", "a repetition of"), ("(a{1000}){1000}", "multiply"), ("a{1001}", "more than 1000"),
            (String(repeating: "a", count: 4_097), "4096 bytes"),
            (String(repeating: "(", count: 33) + String(repeating: ")", count: 33), "nested groups"),
        ])
    func refusesByName(_ pattern: String, _ construct: String) {
        let refusal = #expect(throws: RegularExpression.Refusal.self) { try Self.expression(pattern) }
        #expect(refusal?.construct.contains(construct) == true, "\(refusal?.construct ?? "")")
    }

    /// Patterns on which a backtracking matcher takes exponential time.
    @Test(
        "LR-93: hostile patterns take linear time",
        .timeLimit(.minutes(10)),
        arguments: [
            "(a+)+b", "(a|a)+b", "(a|aa)+b", "((a+)+)+b", "(?!(a+)+b)c", "(.+.+)+b", "(a?){30}a{30}b",
        ])
    func hostilePatternsTakeLinearTime(_ pattern: String) throws {
        let name = ByteString(String(repeating: "a", count: 60))
        #expect(try !Self.expression(pattern).matches(all: name))
        #expect(try !Self.expression(pattern).matches(startOf: name))
    }
}
