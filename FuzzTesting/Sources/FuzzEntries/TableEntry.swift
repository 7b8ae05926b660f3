@testable import SkipTokenizer

/// Reads arbitrary bytes as a compiled tokenizer, after the length in its header is corrected. Encoding and decoding
/// with an accepted one have the properties of every tokenizer.
enum TableEntry {
    static func examine(_ bytes: [UInt8]) throws {
        var table = bytes
        if table.count >= TableLayout.headerSize {
            for index in 0..<8 {
                table[TableLayout.Header.byteCount + index] = UInt8(truncatingIfNeeded: table.count >> (8 * index))
            }
        }
        try CompiledTokenizer.with(table) { tokenizer in
            let all = (0..<UInt32(min(tokenizer.vocabularySize, 2000))).map { $0 }
            try tokenizer.checkProperties(CompiledTokenizer.sample, otherIDs: all + [.max])
        }
    }
}
