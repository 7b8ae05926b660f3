import SkipModel

/// The element type that the user chooses for a conversion: `--outtype`.
public enum OutputType: String, Sendable, CaseIterable {
    /// Each matrix in the type in which it is stored.
    case auto
    case float32 = "f32"
    case float16 = "f16"
    case bfloat16 = "bf16"
    /// Rounded to 8 bits, with a scale per row or per group of columns. Some matrices remain in 16 bits:
    /// `OutputTypes.isLeftInFloat`.
    case int8

    /// Returns the type for a matrix that the checkpoint stores as `stored`.
    func elementType(for stored: ElementType) -> ElementType {
        switch self {
        case .auto: stored == .float64 ? .float32 : stored
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}
