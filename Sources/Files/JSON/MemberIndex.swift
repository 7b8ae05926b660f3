/// Finds the members of a large object by their keys: a hash table of positions with open addressing, at most half
/// full.
///
/// Reading a tokenizer's vocabulary looks up each word a few times, and with the hasher of the standard library that
/// took a large part of a conversion's time. Untrusted keys cannot be chosen to collide, because every process draws
/// new seeds.
struct MemberIndex: Sendable {
    /// The position of a member plus one in the low half, its hash in the high half; zero for an empty slot.
    private var slots: [UInt64]
    private let mask: Int

    /// Indexes members. Throws `duplicateKey` if two have the same key.
    init(_ members: [JSONObject.Member]) throws(JSONError) {
        let slotCount = 1 << (Int.bitWidth - (2 * members.count).leadingZeroBitCount)
        slots = [UInt64](repeating: 0, count: slotCount)
        mask = slotCount - 1
        for (position, member) in members.enumerated() {
            let hash = member.key.seededHash(Self.seeds)
            let (slot, found) = find(member.key, hash: hash, in: members)
            if let found {
                throw JSONError(
                    reason: .duplicateKey(member.key, firstOffset: members[found].keyOffset), offset: member.keyOffset)
            }
            slots[slot] = hash & Self.hashMask | UInt64(position + 1)
        }
    }

    /// Returns the position of the member with this key; nil if there is none. `members` are those that were indexed.
    func position(of key: ByteString, in members: [JSONObject.Member]) -> Int? {
        find(key, hash: key.seededHash(Self.seeds), in: members).position
    }

    private func find(
        _ key: ByteString, hash: UInt64, in members: [JSONObject.Member]
    ) -> (slot: Int, position: Int?) {
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) & Self.hashMask == 0 {
                let position = Int(slots[slot] & ~Self.hashMask) - 1
                if members[position].key == key { return (slot, position) }
            }
            slot = (slot + 1) & mask
        }
        return (slot, nil)
    }

    private static let hashMask: UInt64 = 0xFFFF_FFFF_0000_0000
    private static let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
}
