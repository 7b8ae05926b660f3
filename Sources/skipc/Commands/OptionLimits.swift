/// The largest values of options that count something. The model's positions may be fewer.
enum OptionLimits {
    static let tokenCount = Int(Int32.max)
    static let repetitions = 1_000_000
}
