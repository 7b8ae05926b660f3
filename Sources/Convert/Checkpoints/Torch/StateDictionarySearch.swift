import SkipFiles

/// The dicts of tensors in the dicts of a pickle, at most three levels below the outermost one.
///
/// Every dict is visited once, so the time is bounded by the number of elements even if dicts are shared. Lists, tuples
/// and inert values are not searched.
struct StateDictionarySearch {
    /// A dict that holds tensors.
    struct Found {
        /// Its index in the heap.
        let dictionary: Int
        /// Index of its node.
        fileprivate let node: Int
        let choice: StateDictionaryChoice
        /// Whether a tensor has the name of a parameter, which contains a dot.
        let holdsParameters: Bool
    }

    private struct Node {
        let dictionary: Int
        let parent: Int?
        let key: ByteString
        let level: Int
    }

    /// All dicts that hold tensors, the nearest to the outermost dict first.
    private(set) var found: [Found] = []
    private var nodes: [Node] = []
    private let heap: PickleHeap

    private static let levelLimit = 3
    /// Keys of state dicts. A dict under one of them needs no names of parameters if there is no dict with such names.
    private static let wrapperKeys: Set<ByteString> = [
        "state_dict", "model_state_dict", "model", "module", "ema", "ema_state_dict", "model_ema", "state_dict_ema",
        "net", "network", "weights", "params", "student", "teacher",
    ]
    /// DeepSpeed's copy of parameters that are in `module` too.
    private static let copyKeys: Set<ByteString> = ["frozen_param_fragments"]

    init(of root: Int, in heap: PickleHeap) {
        self.heap = heap
        nodes = [Node(dictionary: root, parent: nil, key: ".", level: 0)]
        var visited: Set<Int> = [root]
        var next = 0
        while next < nodes.count {
            visit(next, &visited)
            next += 1
        }
    }

    private mutating func visit(_ node: Int, _ visited: inout Set<Int>) {
        let (dictionary, level) = (nodes[node].dictionary, nodes[node].level)
        var tensorCount = 0
        var holdsParameters = false
        for (key, value) in heap.entries(of: dictionary) {
            switch (key, value) {
            case (.string(let name), .tensor):
                tensorCount += 1
                holdsParameters = holdsParameters || name.bytes.contains(UInt8(ascii: "."))
            case (_, .tensor): tensorCount += 1
            case (.string(let name), .dictionary(let child)) where level < Self.levelLimit:
                if Self.isNoModel(name) || !visited.insert(child).inserted { continue }
                nodes.append(Node(dictionary: child, parent: node, key: name, level: level + 1))
            default: continue
            }
        }
        if tensorCount == 0 { return }
        let key = node == 0 ? "." : ByteString(bytes: Array(keys(to: node).map(\.bytes).joined(separator: [0x2E])))
        found.append(
            Found(
                dictionary: dictionary, node: node, choice: StateDictionaryChoice(key: key, tensorCount: tensorCount),
                holdsParameters: holdsParameters))
    }

    /// Whether the dict under a key holds no model, whatever its names are: an optimizer's state, and copies.
    static func isNoModel(_ key: ByteString) -> Bool {
        if copyKeys.contains(key) { return true }
        let name = String(decoding: key.bytes, as: UTF8.self).lowercased()
        return name.contains("optimizer") || name.split(separator: "_").contains("optim")
    }

    private func keys(to node: Int) -> [ByteString] {
        var keys: [ByteString] = []
        var node = node
        while let parent = nodes[node].parent {
            keys.append(nodes[node].key)
            node = parent
        }
        return keys.reversed()
    }

    /// The dicts below the outermost one that may be the state dict: those with names of parameters, or else those
    /// under `wrapperKeys`.
    var candidates: [Found] {
        let nested = found.filter { $0.node != 0 }
        let withParameters = nested.filter(\.holdsParameters)
        return withParameters.isEmpty ? nested.filter { Self.wrapperKeys.contains(nodes[$0.node].key) } : withParameters
    }

    /// The outermost dict, if it holds tensors.
    var outermost: Found? { found.first.flatMap { $0.node == 0 ? $0 : nil } }

    /// The entries of the dicts that lead to a dict, except those that lead to it. Their names are joined by dots.
    func namesBeside(_ found: Found) -> [ByteString] {
        var levels: [[ByteString]] = []
        var node = found.node
        while let parent = nodes[node].parent {
            let prefix = keys(to: parent)
            let others = heap.entries(of: nodes[parent].dictionary).map(\.key).filter { $0 != .string(nodes[node].key) }
            levels.append(
                others.map { key in
                    ByteString(bytes: Array((prefix + [key.name]).map(\.bytes).joined(separator: [0x2E])))
                })
            node = parent
        }
        return Array(levels.reversed().joined())
    }
}
