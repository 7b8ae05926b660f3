/// The type of a tensor's elements. Raw values are those of the `.skipgpt` tensor table.
public enum ElementType: UInt8, Sendable, CaseIterable {
    case float32 = 1
    case float16 = 2
    case bfloat16 = 3
    case int8 = 4
    /// Read from checkpoints and rounded to float32; never stored in a `.skipgpt` file.
    case float64 = 5

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .int8: 1
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64: 8
        }
    }

    /// The short name that users know from llama.cpp and PyTorch: `f32`, `bf16`, ….
    public var shortName: String {
        switch self {
        case .float64: "f64"
        case .float32: "f32"
        case .float16: "f16"
        case .bfloat16: "bf16"
        case .int8: "int8"
        }
    }
}
