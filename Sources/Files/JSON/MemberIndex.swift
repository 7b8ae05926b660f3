/// Finds the members of a large object by their keys: a hash table of members with open addressing, at most half full.
///
/// Reading a tokenizer's vocabulary looks up each word a few times, and with the hasher of the standard library that
/// took a large part of a conversion's time. Untrusted keys cannot be chosen to collide, because every process draws
/// new seeds.
struct MemberIndex: Sendable {
    /// The number of a member plus one in the low half, its hash in the high half; zero for an empty slot.
    private var slots: [UInt64]
    /// The positions of the keys' entries, in the order of the members.
    private let keyPositions: [UInt32]
    private let mask: Int

    /// An object with fewer members has no index, because comparing every key is faster.
    static let smallestMemberCount = 9

    /// The number of members.
    var count: Int { keyPositions.count }

    /// Indexes members, given by the positions of their keys' entries. Throws `duplicateKey` if two have the same key.
    init(keyPositions: [UInt32], in entries: [JSONTapeEntry], _ bytes: [UInt8]) throws(JSONError) {
        self.keyPositions = keyPositions
        let slotCount = 1 << (Int.bitWidth - (2 * keyPositions.count).leadingZeroBitCount)
        slots = [UInt64](repeating: 0, count: slotCount)
        mask = slotCount - 1
        for (ordinal, position) in keyPositions.enumerated() {
            let entry = entries[Int(position)]
            let key = JSONTape.string(entry, in: bytes)
            let hash = key.seededHash(Self.seeds)
            let (slot, found) = find(key, hash: hash, in: entries, bytes)
            if let found {
                let first = entries[Int(keyPositions[found])]
                throw JSONError(
                    reason: .duplicateKey(key, firstOffset: first.offset - 1), offset: entry.offset - 1)
            }
            slots[slot] = hash & Self.hashMask | UInt64(ordinal + 1)
        }
    }

    /// Returns the number of the member with this key, and the position of the key's entry; nil if there is none.
    func find(
        _ key: ByteString, in entries: [JSONTapeEntry], _ bytes: [UInt8]
    ) -> (ordinal: Int, keyPosition: Int)? {
        let (_, ordinal) = find(key, hash: key.seededHash(Self.seeds), in: entries, bytes)
        return ordinal.map { ($0, Int(keyPositions[$0])) }
    }

    private func find(
        _ key: ByteString, hash: UInt64, in entries: [JSONTapeEntry], _ bytes: [UInt8]
    ) -> (slot: Int, ordinal: Int?) {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) & Self.hashMask == 0 {
                let ordinal = Int(slots[slot] & ~Self.hashMask) - 1
                let entry = entries[Int(keyPositions[ordinal])]
                if JSONTape.string(entry, in: bytes) == key { return (slot, ordinal) }
            }
            slot = (slot + 1) & mask
        }
        return (slot, nil)
    }

    private static let hashMask: UInt64 = 0xFFFF_FFFF_0000_0000
    private static let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
}
