import Foundation
import TestSupport

extension BrokenInput {
    static let all = files + headers + shards + configurations + tensors + routers + adapters

    /// The first entry of the tiny checkpoint's header, which the table below changes.
    private static let embedding =
        "\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[16, 8],\"data_offsets\":[0,512]}"

    static let files: [BrokenInput] = [
        .bytes("ST-01 empty file", "FM-04") { _ in [] },
        .bytes("seven bytes", "ST-01") { Array($0.prefix(7)) },
        .bytes("header of length 0", "ST-02") { _ in littleEndian(UInt64(0)) + Array("{}".utf8) },
        .bytes("ST-02 header of length 1", "ST-02") { _ in littleEndian(UInt64(1)) + [0x7B] },
        .bytes("ST-03 header length 2^63", "ST-04") { littleEndian(UInt64(1) << 63) + $0.dropFirst(8) },
        .bytes("ST-03 header length 2^64 - 8", "ST-04") { littleEndian(UInt64.max - 7) + $0.dropFirst(8) },
        .bytes("header cut off", "ST-04") { Array($0.prefix(200)) },
        .bytes("header that is an array", "ST-02") { _ in SafetensorsBuilder.file(header: Array("[]".utf8), data: []) },
        .bytes("header padded with newlines", "ST-06") { _ in
            SafetensorsBuilder.file(header: Array("{}\n\n".utf8), data: [])
        },
        .bytes("ST-05 byte order mark", "ST-02") { _ in
            SafetensorsBuilder.file(header: [0xEF, 0xBB, 0xBF] + Array("{}".utf8), data: [])
        },
        .bytes("header that is not UTF-8", "ST-05") { _ in
            SafetensorsBuilder.file(header: Array("{\"".utf8) + [0xC0, 0xAF] + Array("\":{}}".utf8), data: [])
        },
        BrokenInput("header of more than 100 MB", "ST-04L", status: 5, mentions: "model.safetensors: byte 0") {
            directory in
            try TinyCheckpoint().write(to: directory)
            try directory.write(littleEndian(UInt64(100_000_001)), to: "model.safetensors")
            try directory.resize("model.safetensors", to: 100_000_100)
        },
        BrokenInput("config.json of more than 16 MiB", "CF-69L", status: 5, mentions: "config.json") { directory in
            try TinyCheckpoint().write(to: directory)
            try directory.resize("config.json", to: (16 << 20) + 1)
        },
        .bytes("file cut by one byte", "ST-18") { $0.dropLast() },
        .bytes("one byte after the last tensor", "ST-17") { $0 + [0] },
        BrokenInput("no checkpoint", "IX-30", mentions: "model.safetensors") { directory in
            try directory.write(TinyCheckpoint().config, to: "config.json")
        },
        BrokenInput("no config.json", "FM-27", mentions: "config.json") { directory in
            try directory.write(TinyCheckpoint().model.file, to: "model.safetensors")
        },
        BrokenInput("checkpoint that is a directory", "IX-27", mentions: "a directory") { directory in
            try TinyCheckpoint().write(to: directory)
            try FileManager.default.removeItem(atPath: directory.file("model.safetensors"))
            try FileManager.default.createDirectory(
                atPath: directory.file("model.safetensors"), withIntermediateDirectories: false)
            try directory.write("A directory with a file of no known kind.", to: "model.safetensors/README.md")
        },
        BrokenInput("checkpoint that is a named pipe", "IX-27", mentions: "a named pipe") { directory in
            try TinyCheckpoint().write(to: directory)
            try FileManager.default.removeItem(atPath: directory.file("model.safetensors"))
            guard unsafe mkfifo(directory.file("model.safetensors"), 0o600) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
        },
    ]

    static let headers: [BrokenInput] = [
        .header("name twice", "ST-07", replace: "\"lm_head.weight\"", with: "\"model.norm.weight\""),
        .header(
            "ST-08 name twice after unescaping", "ST-07", replace: "\"lm_head.weight\"",
            with: "\"model.norm.weigh\\u0074\""),
        .header(
            "unknown key in an entry", "ST-10", replace: embedding,
            with: embedding.replacingFirst("}", with: ",\"x\":1}")),
        .header("entry without a shape", "ST-10", replace: ",\"shape\":[16, 8]", with: ""),
        .header("entry that is a list", "ST-10", replace: embedding, with: "\"model.embed_tokens.weight\":[]"),
        .header("metadata that is no object", "ST-11", replace: "{\"format\":\"pt\"}", with: "null"),
        .header("metadata with a number", "ST-11", replace: "\"pt\"", with: "1"),
        .header("unknown type", "ST-12", replace: "\"F32\"", with: "\"f32\""),
        .header("unsupported type", "ST-12U", status: 6, replace: "\"F32\"", with: "\"C64\""),
        .header("ST-12 type of a quantized checkpoint", "CF-78", status: 6, replace: "\"F32\"", with: "\"F8_E4M3\""),
        .header("negative dimension", "ST-13", replace: "[16, 8]", with: "[-16, -8]"),
        .header("fractional dimension", "ST-13", replace: "[16, 8]", with: "[16.0, 8]"),
        .header("dimension in quotes", "ST-13", replace: "[16, 8]", with: "[\"16\", 8]"),
        .header("dimension of 10^30", "ST-13", replace: "[16, 8]", with: "[1000000000000000000000000000000]"),
        .header("shape that overflows", "ST-14", replace: "[16, 8]", with: "[4294967296, 4294967296]"),
        .header("shape that overflows before a zero", "ST-14", replace: "[16, 8]", with: "[4611686018427387904, 4, 0]"),
        .header("rank 9", "ST-15", status: 5, replace: "[16, 8]", with: "[1,1,1,1,1,1,1,16,8]"),
        .header("one offset", "ST-16", replace: "[0,512]", with: "[0]"),
        .header("reversed offsets", "ST-16", replace: "[0,512]", with: "[512,0]"),
        .header("fractional offset", "ST-16", replace: "[0,512]", with: "[0,512.0]"),
        .header("range that does not fit the shape", "ST-16", replace: "[16, 8]", with: "[16, 9]"),
        .header("range beyond the file", "ST-18", replace: "[0,512]", with: "[1048576,1049088]"),
        .header("overlapping tensors", "ST-17", replace: "[512,544]", with: "[480,512]"),
        .header(
            "deeply nested metadata", "ST-20", replace: "\"pt\"",
            with: String(repeating: "[", count: 100) + String(repeating: "]", count: 100)),
        .header(
            "name of 2000 bytes", "ST-22", status: 5, replace: "lm_head.weight",
            with: String(repeating: "n", count: 2000)),
        .header(
            "ST-22 control characters in a name are escaped", "CF-76X", mentions: "\\x1b[31m",
            replace: "lm_head.weight",
            with: "\\u001b[31m"),
    ]

    /// Two shards and an index. `change` changes them.
    private static func sharded(
        _ name: String, _ rule: String, mentions: String,
        _ change: @escaping @Sendable (inout [String: String], TemporaryDirectory) throws -> Void
    ) -> BrokenInput {
        BrokenInput(name, rule, mentions: mentions) { directory in
            let checkpoint = TinyCheckpoint()
            try directory.write(checkpoint.config, to: "config.json")
            try directory.write(checkpoint.routers.file, to: "routers.safetensors")
            let half = checkpoint.model.tensors.count / 2
            var weightMap: [String: String] = [:]
            for (shard, part) in [checkpoint.model.tensors.prefix(half), checkpoint.model.tensors.dropFirst(half)]
                .enumerated()
            {
                let file = "model-0000\(shard + 1)-of-00002.safetensors"
                try directory.write(SafetensorsBuilder(Array(part)).file, to: file)
                for tensor in part { weightMap[tensor.name] = file }
            }
            try change(&weightMap, directory)
            let entries = weightMap.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
            try directory.write(
                "{\"weight_map\": {\(entries.joined(separator: ","))}}", to: "model.safetensors.index.json")
        }
    }

    static let shards: [BrokenInput] = [
        sharded("shard outside of the directory", "IX-24", mentions: "weight_map.model.norm.weight") { map, _ in
            map["model.norm.weight"] = "../model.safetensors"
        },
        sharded("shard with an absolute path", "IX-24", mentions: "/etc/passwd") { map, _ in
            map["model.norm.weight"] = "/etc/passwd"
        },
        sharded("shard missing", "IX-28", mentions: "model-00002-of-00002.safetensors") { _, directory in
            try FileManager.default.removeItem(atPath: directory.file("model-00002-of-00002.safetensors"))
        },
        sharded("tensor in no shard", "IX-28C", mentions: "weight_map.extra") { map, _ in
            map["extra"] = "model-00001-of-00002.safetensors"
        },
        sharded("tensor in another shard than the index says", "IX-28C", mentions: "model.norm.weight") { map, _ in
            map["model.norm.weight"] = "model-00001-of-00002.safetensors"
        },
        sharded("tensor that the index does not list", "IX-28C", mentions: "model.norm.weight") { map, _ in
            map["model.norm.weight"] = nil
        },
        BrokenInput("index without a weight_map", "IX-28S", mentions: "index.json: weight_map") { directory in
            try directory.write(TinyCheckpoint().config, to: "config.json")
            try directory.write("{}", to: "model.safetensors.index.json")
        },
    ]
}
