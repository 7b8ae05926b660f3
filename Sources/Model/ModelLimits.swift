/// The largest sizes of a model. The front end, the file format and the runtime share them.
///
/// The product of any two of them, times the bytes of an element, fits `Int`, so shapes and byte counts never overflow.
public enum ModelLimits {
    public static let maximumLayerCount = 4_096
    public static let maximumVocabularySize = 1 << 22
    public static let maximumHiddenSize = 1 << 20
    public static let maximumIntermediateSize = 1 << 22
    public static let maximumHeadCount = 4_096
    public static let maximumHeadDimension = 4_096
    public static let maximumPositionCount = Int(Int32.max)
}
