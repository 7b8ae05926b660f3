import SkipFiles

@testable import SkipConvert

/// Reads arbitrary bytes as an index of shards. The names of an accepted one are plain file names, without repetition.
enum ShardsEntry {
    static func examine(_ bytes: [UInt8]) throws {
        try ScratchFile.with(bytes, named: "model.safetensors.index.json") { path in
            let index = try ShardIndex(path: path, shardsEndIn: ".safetensors")
            try require(index.shardNames == Set(index.shardOfTensor.values).sorted(), "the names are those of the map")
            for name in index.shardNames {
                let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
                try require(
                    isPlain && !name.hasPrefix(".") && name.hasSuffix(".safetensors") && name.utf8.count <= 255,
                    "a name is that of a file in the directory")
            }
        }
    }
}
