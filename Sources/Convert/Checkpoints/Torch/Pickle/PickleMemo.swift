/// The values that a pickle keeps under numbers, to recall them.
///
/// Python counts the numbers up from 0, so that they fit an array. Other numbers, which may be as far apart as a hostile
/// pickle likes, go to a dictionary.
struct PickleMemo {
    private var counted: [PickleValue] = []
    private var others: [Int: PickleValue] = [:]

    static let countedLimit = 4_000_000
    static let otherLimit = 65_536

    subscript(number: Int) -> PickleValue? { number < counted.count ? counted[number] : others[number] }

    /// False if there is no more room.
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
