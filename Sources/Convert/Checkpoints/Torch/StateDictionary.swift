import SkipFiles

/// The tensors of a pickle by name.
///
/// The outermost dict is a state dict if it holds tensors under names of parameters, which contain a dot, or if it
/// holds tensors and no state dict. `StateDictionarySearch` finds the state dicts in it. There must be exactly one,
/// unless a key chooses one. The entries beside it (a loss, a random state) are listed in `leftOut`. Prefixes of names (`module.`, `_orig_mod.`) are kept; `TrainingName` removes them.
struct StateDictionary {
    /// In the order of the dict.
    private(set) var members: [(name: ByteString, tensorIndex: Int)] = []
    private(set) var leftOut: [(name: ByteString, reason: LeftOutTensor.Reason)] = []
    /// The state dicts, if there are several and none is chosen.
    private(set) var choices: [StateDictionaryChoice] = []
    private let heap: PickleHeap
    private let origin: PickleOrigin

    private static let nameByteLimit = 1_024
    private static let listedCount = 8

    init(of document: PickleReader.Document, selection: StateDictionarySelection = .only) throws(InputError) {
        heap = document.heap
        origin = document.origin
        guard case .dictionary(let root) = document.root else {
            throw InputError(
                .stateDictionary, file: origin.path, at: .byte(document.origin.start),
                found: contents(document.root), required: "a dict of tensors by name")
        }
        let search = StateDictionarySearch(of: root, in: heap)
        switch selection {
        case .key(let key): try choose(key, in: search, root)
        case .only, .onlyOrNone: try findOnly(in: search, root, selection)
        }
    }

    private mutating func findOnly(in search: StateDictionarySearch, _ root: Int, _ selection: StateDictionarySelection)
        throws(InputError)
    {
        let nested = search.candidates
        let outermost = search.outermost.flatMap { $0.holdsParameters || nested.isEmpty ? $0 : nil }
        let candidates = [outermost].compactMap(\.self) + nested
        if candidates.count == 1 {
            try take(candidates[0].dictionary, allowsNested: false)
            leftOut = search.namesBeside(candidates[0]).map { ($0, .besideStateDictionary) } + leftOut
        } else if candidates.isEmpty {
            throw fault(
                root, found: withoutTensors(root), required: "tensors by name, as model.state_dict() returns them")
        } else if selection == .onlyOrNone {
            choices = candidates.map(\.choice)
        } else {
            throw fault(
                root, found: "\(candidates.count) state dicts: \(list(candidates.map(\.choice)))",
                required: "one of them, chosen with --state-dict KEY")
        }
    }

    private mutating func choose(_ key: ByteString, in search: StateDictionarySearch, _ root: Int) throws(InputError) {
        let matches = search.found.filter { $0.choice.key == key }
        guard matches.count == 1 else {
            let choices = search.found.map(\.choice)
            throw InputError(
                .stateDictionaryKey, file: origin.path,
                at: .byte(origin.offset(of: Int(heap.containers[root].position))),
                found: "\(matches.count) dicts of tensors under \"\(key)\"",
                required: choices.isEmpty ? "a file with dicts of tensors" : "one of \(list(choices))")
        }
        if search.found.count == 1, key == ".", nestedKey(of: root) == nil {
            throw InputError(
                .stateDictionaryKey, file: origin.path,
                at: .byte(origin.offset(of: Int(heap.containers[root].position))),
                found: "only one state dict, the outermost dict", required: "no --state-dict")
        }
        try take(matches[0].dictionary, allowsNested: true)
        leftOut = search.namesBeside(matches[0]).map { ($0, .besideStateDictionary) } + leftOut
    }

    private func list(_ choices: [StateDictionaryChoice]) -> String {
        choices.prefix(Self.listedCount).map(\.description).joined(separator: ", ")
            + (choices.count > Self.listedCount ? ", …" : "")
    }

    /// Adds the tensors of a dict. A dict of tensors among them is an error, unless a key chose the outer one.
    private mutating func take(_ dictionary: Int, allowsNested: Bool) throws(InputError) {
        if !allowsNested, let key = nestedKey(of: dictionary) {
            throw fault(
                dictionary, found: "tensors and a dict of tensors under \(key)",
                required: "one dict of tensors, chosen with --state-dict KEY")
        }
        for (key, value) in heap.entries(of: dictionary) {
            switch value {
            case .tensor(let tensor):
                guard case .string(let name) = key else {
                    throw fault(dictionary, found: "a tensor under the key \(key)", required: "a name")
                }
                if name.bytes.count > Self.nameByteLimit {
                    throw InputError(
                        .pickleTooLarge, file: origin.path,
                        at: .tensor(name, headerOffset: heap.tensors[tensor].offset),
                        found: "a name of \(name.bytes.count) bytes", required: "at most \(Self.nameByteLimit)")
                }
                members.append((name, tensor))
                if heap.tensors[tensor].hadState { leftOut.append((name, .parameterState)) }
            default:
                leftOut.append((key.name, .notTensor))
            }
        }
    }

    /// The first key of a dict under which it holds a dict of tensors, except that of an optimizer's state.
    private func nestedKey(of dictionary: Int) -> PickleKey? {
        heap.entries(of: dictionary).first { key, value in
            guard case .dictionary(let nested) = value, heap.tensorCount(of: nested) > 0 else { return false }
            return !StateDictionarySearch.isNoModel(key.name)
        }?.key
    }

    // MARK: What the file holds instead

    /// What the outermost value is, if it is not a dict.
    private func contents(_ value: PickleValue) -> String {
        switch value {
        case .list(let index), .tuple(let index):
            let items = heap.containers[index].items
            let tensors = items.count { if case .tensor = $0 { true } else { false } }
            return tensors > 0 && tensors == items.count
                ? "\(value.kindName) of \(tensors) tensors without names" : "\(value.kindName) of \(items.count) values"
        case .tensor: return "a single tensor without a name"
        default: return value.kindName
        }
    }

    /// What the outermost dict is, if no dict in it is a state dict.
    private func withoutTensors(_ root: Int) -> String {
        let entries = heap.entries(of: root)
        if entries.isEmpty { return "an empty dict" }
        let keys = Set(entries.map(\.key))
        if keys.isSuperset(of: [.string("state"), .string("param_groups")]) {
            return "the state of an optimizer, without a model"
        }
        for case (let key, .list(let index)) in entries {
            if case .tensor? = heap.containers[index].items.first {
                return "a list of tensors without names under \(key), and no dict of tensors"
            }
        }
        let listed = entries.prefix(Self.listedCount).map { "\($0.key)" }.joined(separator: ", ")
        return "a dict without tensors, with the keys \(listed)\(entries.count > Self.listedCount ? ", …" : "")"
    }

    private func fault(_ dictionary: Int, found: String, required: String) -> InputError {
        InputError(
            .stateDictionary, file: origin.path,
            at: .byte(origin.offset(of: Int(heap.containers[dictionary].position))), found: found,
            required: required)
    }
}

extension PickleKey {
    /// The key as a name in messages.
    var name: ByteString {
        switch self {
        case .string(let name): name
        case .integer, .other: ByteString("\(self)")
        }
    }
}
