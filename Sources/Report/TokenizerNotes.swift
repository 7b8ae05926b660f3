import SkipConvert
import SkipFiles

/// Notes about the tokenizer of a conversion.
package enum TokenizerNotes {
    package static func lines(_ finding: TokenizerFinding?) -> [String] {
        switch finding {
        case nil: []
        case .absent(let others) where others.isEmpty: ["no tokenizer.json: the file will accept token ids only"]
        case .absent(let others):
            [
                """
                no tokenizer.json: the file will accept token ids only. This version does not read \
                \(others.map { ByteString($0).description }.joined(separator: ", ")); to write tokenizer.json with \
                Transformers: AutoTokenizer.from_pretrained(dir).save_pretrained(dir)
                """
            ]
        case .leftOut(let file, let tokens):
            [
                """
                \(ByteString(file)): left out \(tokens.count == 1 ? "a token" : "\(tokens.count) tokens"): encoding never produces \
                \(tokens.list), and the embedding has only \(tokens.rowCount) rows
                """
            ]
        }
    }
}
