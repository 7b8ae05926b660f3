import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// A safetensors file that breaks one rule. Its name begins with its case in `specs/hostile-inputs.md`.
struct HostileHeader: Sendable, CustomTestStringConvertible {
    let name: String
    let rule: InputRule
    let bytes: [UInt8]

    var testDescription: String { name }

    init(_ name: String, _ rule: InputRule, bytes: [UInt8]) {
        self.name = name
        self.rule = rule
        self.bytes = bytes
    }

    /// A file with this header, followed by `dataByteCount` bytes.
    init(_ name: String, _ rule: InputRule, _ header: [UInt8], dataByteCount: Int = 8) {
        let data = [UInt8](repeating: 1, count: dataByteCount)
        self.init(name, rule, bytes: SafetensorsBuilder.file(header: header, data: data))
    }

    /// A file with this header, followed by `dataByteCount` bytes.
    init(_ name: String, _ rule: InputRule, _ header: String, dataByteCount: Int = 8) {
        self.init(name, rule, Array(header.utf8), dataByteCount: dataByteCount)
    }

    /// A header of one tensor of two floats, with another shape.
    private static func shape(_ name: String, _ rule: InputRule, _ shape: String) -> HostileHeader {
        HostileHeader(name, rule, #"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,8]}}"#)
    }

    /// A header of one tensor of two floats, with other offsets.
    private static func offsets(_ name: String, _ rule: InputRule, _ offsets: String) -> HostileHeader {
        HostileHeader(name, rule, #"{"a":{"dtype":"F32","shape":[2],"data_offsets":\#(offsets)}}"#)
    }

    /// The description of a float32 tensor of `count` elements from `begin`.
    private static func entry(_ name: String, from begin: Int, count: Int = 1) -> String {
        #""\#(name)":{"dtype":"F32","shape":[\#(count)],"data_offsets":[\#(begin),\#(begin + 4 * count)]}"#
    }

    private static let good = "{" + entry("a", from: 0, count: 2) + "}"
    fileprivate static let goodFile = SafetensorsBuilder.file(
        header: Array(good.utf8), data: [UInt8](repeating: 1, count: 8))

    static let all = starts + texts + members + shapes + coverage

    private static let starts: [HostileHeader] =
        (1...7).map {
            HostileHeader("ST-01 \($0) bytes", .safetensorsHeaderLength, bytes: [UInt8](repeating: 1, count: $0))
        }
        + [
            HostileHeader("ST-02 a string", .safetensorsHeaderStart, #""{}""#),
            HostileHeader("ST-02 no brace", .safetensorsHeaderStart, #""a":1}"#),
            HostileHeader(
                "ST-03 length 2^64 - 1", .safetensorsHeaderBeyondFile,
                bytes: littleEndian(UInt64.max) + goodFile.dropFirst(8)),
            HostileHeader(
                "ST-04 a header one byte longer than the file", .safetensorsHeaderBeyondFile,
                bytes: littleEndian(UInt64(goodFile.count - 7)) + goodFile.dropFirst(8)),
        ]

    private static let texts: [HostileHeader] = [
        HostileHeader("ST-05 UTF-16", .safetensorsHeaderStart, [0xFF, 0xFE] + good.utf8.flatMap { [$0, 0] }),
        HostileHeader("ST-05 UTF-16 without a mark", .safetensorsHeaderWhitespace, good.utf8.flatMap { [$0, 0] }),
        HostileHeader("ST-05 an overlong brace", .safetensorsHeaderStart, [0xC1, 0xBB] + good.utf8.dropFirst()),
        HostileHeader("ST-05 NUL in a name", .safetensorsHeaderEncoding, good.replacingFirst("\"a", with: "\"a\0")),
        HostileHeader("ST-05 NUL between members", .safetensorsHeaderStart, good.replacingFirst(":", with: "\0:")),
        HostileHeader("ST-05 a lone surrogate", .safetensorsHeaderEncoding, #"{"\ud800":{}}"#),
        HostileHeader("ST-06 a space before the header", .safetensorsHeaderStart, " " + good),
        HostileHeader("ST-06 a tab after the header", .safetensorsHeaderWhitespace, good + "\t"),
        HostileHeader("ST-06 a NUL after the header", .safetensorsHeaderWhitespace, good + "\0"),
        HostileHeader("ST-06 spaces around a line end", .safetensorsHeaderWhitespace, good + " \n "),
        HostileHeader("ST-06 an object after the header", .safetensorsHeaderStart, good + "{}"),
        HostileHeader(
            "ST-20 100,000 levels", .safetensorsDepth,
            #"{"__metadata__":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
                + "}"),
    ]

    private static let members: [HostileHeader] =
        [
            HostileHeader(
                "ST-07 a name twice at other offsets", .safetensorsDuplicateName,
                "{" + entry("a", from: 0) + "," + entry("a", from: 4) + "}"),
            HostileHeader(
                "ST-07 a name twice at the same offsets", .safetensorsDuplicateName,
                "{" + entry("a", from: 0, count: 2) + "," + entry("a", from: 0, count: 2) + "}"),
            HostileHeader(
                "ST-07 an empty tensor twice", .safetensorsDuplicateName,
                "{" + entry("a", from: 0, count: 0) + "," + entry("a", from: 0, count: 0) + "}", dataByteCount: 0),
            HostileHeader(
                "ST-08 a name twice, once escaped", .safetensorsDuplicateName,
                "{" + entry("a", from: 0) + "," + entry("\\u0061", from: 4) + "}"),
            HostileHeader(
                "ST-10 a shape twice", .safetensorsDuplicateName,
                #"{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#),
            HostileHeader("ST-10 no type", .safetensorsEntry, #"{"a":{"shape":[2],"data_offsets":[0,8]}}"#),
            HostileHeader("ST-10 no offsets", .safetensorsEntry, #"{"a":{"dtype":"F32","shape":[2]}}"#),
            HostileHeader("ST-10 an entry in an entry", .safetensorsEntry, #"{"a":"# + good + "}"),
            HostileHeader("ST-10 an entry that is null", .safetensorsEntry, #"{"a":null}"#),
            HostileHeader("ST-11 metadata that is a list", .safetensorsMetadata, #"{"__metadata__":[]}"#),
            HostileHeader("ST-11 metadata in metadata", .safetensorsMetadata, #"{"__metadata__":{"a":{}}}"#),
            HostileHeader(
                "ST-11 metadata twice", .safetensorsDuplicateName, #"{"__metadata__":{},"__metadata__":{}}"#),
            HostileHeader("ST-12 type number", .safetensorsEntry, good.replacingFirst("\"F32\"", with: "32")),
        ]
        + ["f32", "", "F24", "F32 ", "float32"].map {
            HostileHeader("ST-12 type \"\($0)\"", .safetensorsUnknownType, good.replacingFirst("F32", with: $0))
        }
        + ["F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0"].map {
            HostileHeader("ST-12 type \($0)", .quantizedCheckpoint, good.replacingFirst("F32", with: $0))
        }

    private static let shapes: [HostileHeader] =
        ["-1", "-0", "2.0", "2e0", "1e3", "\"2\"", "true", "null", "[2]", "18446744073709551616", "1\(zeros)"].map {
            shape("ST-13 dimension \($0.prefix(30))", .safetensorsShape, "[\($0)]")
        }
        + [
            shape("ST-14 2^32 × 2^32", .safetensorsShapeOverflow, "[4294967296,4294967296]"),
            shape("ST-14 2^62 × 2 floats", .safetensorsShapeOverflow, "[4611686018427387904,2]"),
            shape("ST-14 2^61 floats", .safetensorsShapeOverflow, "[2305843009213693952]"),
            shape("ST-14 an overflow before a zero", .safetensorsShapeOverflow, "[4611686018427387904,4,0]"),
            shape(
                "ST-15 rank 100,000", .safetensorsRank,
                "[" + Array(repeating: "1", count: 100_000).joined(separator: ",") + "]"),
            offsets("ST-16 no offsets", .safetensorsOffsets, "[]"),
            offsets("ST-16 three offsets", .safetensorsOffsets, "[0,4,8]"),
            offsets("ST-16 a negative offset", .safetensorsOffsets, "[-8,0]"),
            offsets("ST-16 minus zero", .safetensorsOffsets, "[-0,8]"),
            offsets("ST-16 an offset as a float", .safetensorsOffsets, "[0,8.0]"),
            offsets("ST-16 an offset in quotes", .safetensorsOffsets, "[0,\"8\"]"),
            offsets("ST-16 2^53 + 1", .safetensorsTruncated, "[9007199254740993,9007199254741001]"),
            offsets("ST-16 2^64", .safetensorsOffsets, "[0,18446744073709551616]"),
            offsets("ST-16 offsets that are an object", .safetensorsEntry, "{}"),
        ]

    private static let zeros = String(repeating: "0", count: 30)

    private static let coverage: [HostileHeader] = [
        HostileHeader("ST-17 a first tensor after a gap", .safetensorsCoverage, "{" + entry("a", from: 4) + "}"),
        HostileHeader(
            "ST-17 a gap", .safetensorsCoverage, "{" + entry("a", from: 0) + "," + entry("b", from: 8) + "}",
            dataByteCount: 12),
        HostileHeader(
            "ST-17 two tensors in one place", .safetensorsCoverage,
            "{" + entry("a", from: 0, count: 2) + "," + entry("b", from: 0, count: 2) + "}"),
        HostileHeader(
            "ST-17 2,000 tensors in one place", .safetensorsCoverage,
            "{" + (0..<2_000).map { entry("\($0)", from: 0, count: 2) }.joined(separator: ",") + "}"),
        HostileHeader("ST-17 data without tensors", .safetensorsCoverage, "{}"),
        HostileHeader(
            "ST-17 a zip archive behind the tensors", .safetensorsCoverage,
            bytes: goodFile + TorchBuilder.good.build().bytes),
        HostileHeader("ST-18 the header alone", .safetensorsTruncated, good, dataByteCount: 0),
        HostileHeader("ST-18 a byte fewer", .safetensorsTruncated, good, dataByteCount: 7),
        HostileHeader(
            "ST-18 a page fewer", .safetensorsTruncated, "{" + entry("a", from: 0, count: 2_048) + "}",
            dataByteCount: 4_096),
        HostileHeader("ST-22 a name of a megabyte", .safetensorsNameLength, good.replacingFirst("a", with: longName)),
    ]

    private static let longName = String(repeating: "n", count: 1 << 20)
}

@Suite struct HostileHeaderTests {
    private static func read(_ bytes: [UInt8]) throws -> SafetensorsHeader {
        let directory = try TemporaryDirectory()
        try directory.write(bytes, to: "x.safetensors")
        return try SafetensorsHeader.read(try InputFile(opening: directory.file("x.safetensors")))
    }

    @Test(arguments: HostileHeader.all) func isRefused(_ file: HostileHeader) throws {
        let error = #expect(throws: InputError.self) { try Self.read(file.bytes) }
        #expect(error?.rule == file.rule, "\(String(describing: error))")
    }

    /// Headers at the edge of the rules, and the shapes of their tensors in the order of the data.
    @Test(
        arguments: [
            ("ST-06 spaces at the end", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   "#, [[2]]),
            (
                "ST-09 a composed and a decomposed name",
                "{\"\u{E9}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                    + "\"e\u{301}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", [[1], [1]]
            ),
            (
                "ST-11 empty metadata", #"{"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                [[2]]
            ),
            (
                "ST-15 rank 0, and a dimension of 0",
                #"{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[3,0],"data_offsets":[8,8]}}"#,
                [[], [3, 0]]
            ),
            (
                "ST-21 entries in another order, at odd positions",
                #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"c":{"dtype":"U8","shape":[3],"data_offsets":[5,8]},"#
                    + #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [[1], [1], [3]]
            ),
            (
                "ST-22 paths and escapes as names",
                #"{"../\u0000":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u001b/":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                [[1], [1]]
            ),
        ] as [(String, String, [[Int]])])
    func isRead(_ name: String, _ header: String, _ shapes: [[Int]]) throws {
        let file = SafetensorsBuilder.file(header: Array(header.utf8), data: [UInt8](repeating: 1, count: 8))
        #expect(try Self.read(file).tensors.map(\.shape.dimensions) == shapes, "\(name)")
    }

    @Test("ST-18: every shorter file is refused") func everyTruncationIsRefused() throws {
        let file = HostileHeader.goodFile
        for count in 0..<file.count {
            #expect(throws: InputError.self, "\(count) bytes") { try Self.read(Array(file.prefix(count))) }
        }
    }
}
