import SkipFiles

/// The tensors of a pickle by name.
///
/// The outermost dict is the state dict if it holds tensors under names of parameters, which contain a dot, or if it holds
/// tensors and no dict of tensors. Otherwise exactly one of the dicts under `state_dict`, `model_state_dict`, `model` and
/// `module` must hold tensors and is the state dict; the other entries (a loss, a random state) are listed in `leftOut`. Prefixes of names (`module.`, `_orig_mod.`) are kept; `TrainingName` removes them.
struct StateDictionary {
    /// In the order of the dict.
    private(set) var members: [(name: ByteString, tensorIndex: Int)] = []
    private(set) var leftOut: [(name: ByteString, reason: LeftOutTensor.Reason)] = []
    private let heap: PickleHeap
    private let origin: PickleOrigin

    private static let wrapperKeys: [ByteString] = ["state_dict", "model_state_dict", "model", "module"]
    private static let nameByteLimit = 1_024

    init(of document: PickleReader.Document) throws(InputError) {
        heap = document.heap
        origin = document.origin
        guard case .dictionary(let root) = document.root else {
            throw InputError(
                .stateDictionary, file: origin.path, at: .byte(document.origin.start), found: document.root.kindName,
                required: "a dict of tensors")
        }
        if holdsTensors(document.root), holdsParameters(root) || wrappers(in: root).isEmpty {
            try take(root)
        } else {
            try take(try wrapped(in: root))
        }
    }

    /// The dicts of tensors under the keys of `wrapperKeys`.
    private func wrappers(in root: Int) -> [(key: PickleKey, value: PickleValue)] {
        heap.entries(of: root).filter { key, value in
            guard case .string(let name) = key else { return false }
            return Self.wrapperKeys.contains(name) && holdsTensors(value)
        }
    }

    /// Whether a dict holds a tensor under the name of a parameter: `model.norm.weight`.
    private func holdsParameters(_ dictionary: Int) -> Bool {
        heap.entries(of: dictionary).contains { key, value in
            guard case .string(let name) = key, case .tensor = value else { return false }
            return name.bytes.contains(UInt8(ascii: "."))
        }
    }

    /// Returns the index of the only dict of tensors under the keys of `wrapperKeys`.
    private mutating func wrapped(in root: Int) throws(InputError) -> Int {
        let wrapped = wrappers(in: root)
        guard wrapped.count == 1, case .dictionary(let inner) = wrapped[0].value else {
            let keys = (wrapped.isEmpty ? heap.entries(of: root) : wrapped).map(\.key).prefix(8)
            throw fault(
                root,
                found: wrapped.isEmpty
                    ? "a dict without tensors\(keys.isEmpty ? "" : ", with keys")\(list(keys))"
                    : "several dicts of tensors:\(list(keys))",
                required: "tensors, or one dict of them under state_dict, model_state_dict, model or module")
        }
        for (key, _) in heap.entries(of: root) where key != wrapped[0].key {
            leftOut.append((name(of: key), .besideStateDictionary))
        }
        return inner
    }

    private func list(_ keys: ArraySlice<PickleKey>) -> String { keys.map { " \($0)" }.joined(separator: ",") }

    private func holdsTensors(_ value: PickleValue) -> Bool {
        guard case .dictionary(let index) = value else { return false }
        return heap.containers[index].items.contains { if case .tensor = $0 { true } else { false } }
    }

    private mutating func take(_ dictionary: Int) throws(InputError) {
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
            case _ where holdsTensors(value):
                throw fault(
                    dictionary, found: "tensors and a dict of tensors under \(key)", required: "one dict of tensors")
            default:
                leftOut.append((name(of: key), .notTensor))
            }
        }
    }

    private func name(of key: PickleKey) -> ByteString {
        switch key {
        case .string(let name): name
        case .integer(let integer): ByteString("\(integer)")
        }
    }

    private func fault(_ dictionary: Int, found: String, required: String) -> InputError {
        InputError(
            .stateDictionary, file: origin.path,
            at: .byte(origin.offset(of: Int(heap.containers[dictionary].position))), found: found,
            required: required)
    }
}
