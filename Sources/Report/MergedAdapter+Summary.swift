import SkipConvert
import SkipFiles

extension MergedAdapter {
    /// `lora: 90 of 90 tensors, 45 matrices adapted, LoRA, rank 16, alpha 32.0, effective scale 2.0`.
    package var summary: String {
        var parts = ["\(appliedCount) of \(tensorCount) tensors"]
        if adaptedCount > 0 { parts.append("\(adaptedCount) matrices adapted") }
        if replacedCount > 0 { parts.append("\(replacedCount) tensors replaced") }
        let values = Dictionary(uniqueKeysWithValues: facts)
        for (key, words) in [
            ("method", ""), ("rank", "rank "), ("alpha", "alpha "), ("effective-scale", "effective scale "),
        ] {
            if let value = values[key] { parts.append(words + value) }
        }
        return "\(ByteString(name)): " + parts.joined(separator: ", ")
    }
}
