/// The memo of a pickle: values stored under numbers.
///
/// Python numbers the values from 0, so they are stored in an array. Other numbers, which a hostile pickle may choose
/// arbitrarily, are stored in a dictionary.
struct PickleMemo {
    private var counted: [PickleValue] = []
    private var others: [Int: PickleValue] = [:]

    static let countedLimit = 4_000_000
    static let otherLimit = 65_536

    /// The number of stored values.
    var count: Int { counted.count + others.count }

    subscript(number: Int) -> PickleValue? { number < counted.count ? counted[number] : others[number] }

    /// Stores a value. Returns false if the memo is full.
    mutating func keep(_ value: PickleValue, under number: Int) -> Bool {
        if number < counted.count {
            counted[number] = value
        } else if number == counted.count, number < Self.countedLimit {
            others[number] = nil
            counted.append(value)
        } else {
            others[number] = value
        }
        return others.count <= Self.otherLimit
    }
}
