import SkipFiles

/// The contents of `model.safetensors.index.json` or `pytorch_model.bin.index.json`: the shard of every tensor.
struct ShardIndex {
    /// Shard names in byte order, without duplicates.
    let shardNames: [String]
    /// Tensor name to shard name, as the index states it.
    let shardOfTensor: [ByteString: String]

    private static let byteLimit = 100_000_000

    /// Reads and checks an index. Shard names are plain file names, so they cannot refer to other directories.
    init(path: String, shardsEndIn suffix: String) throws(InputError) {
        let object = try RecognizedJSON.object(path, syntaxRule: .indexSyntax, byteLimit: Self.byteLimit)
        guard case .object(let weightMap)? = object["weight_map"] else {
            throw InputError(
                .indexSyntax, file: path, at: .field("weight_map"), found: object["weight_map"]?.kindName ?? "nothing",
                required: "an object")
        }
        var shardOfTensor: [ByteString: String] = [:]
        for member in weightMap.members {
            guard case .string(let value) = member.value else {
                throw InputError(
                    .indexSyntax, file: path, at: .field("weight_map.\(member.key)"), found: member.value.kindName,
                    required: "a file name")
            }
            guard let name = Self.shardName(value, suffix: suffix) else {
                throw InputError(
                    .shardName, file: path, at: .field("weight_map.\(member.key)"), found: "\"\(value)\"",
                    required: "a plain file name that ends in \(suffix)")
            }
            shardOfTensor[member.key] = name
        }
        self.shardOfTensor = shardOfTensor
        shardNames = Set(shardOfTensor.values).sorted()
    }

    /// Returns the name if it matches `[A-Za-z0-9._-]{1,255}`, does not start with a dot and ends in `suffix`.
    private static func shardName(_ value: ByteString, suffix: String) -> String? {
        let isPlain = value.bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, value.bytes.count <= 255, value.bytes.first != UInt8(ascii: ".") else { return nil }
        let name = String(decoding: value.bytes, as: UTF8.self)
        return name.hasSuffix(suffix) ? name : nil
    }
}
