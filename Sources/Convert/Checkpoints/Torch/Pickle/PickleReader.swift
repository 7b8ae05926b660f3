import SkipFiles

/// Reads a pickle as data: a symbolic reader, not an unpickler.
///
/// It supports the operations and names that a state dict of tensors and a training checkpoint need, and refuses all
/// others. Nothing is looked up, called or executed, so a malicious pickle has no effect. Memory is bounded by the
/// limits below. Nothing recurses.
struct PickleReader {
    let origin: PickleOrigin
    let bytes: [UInt8]
    var position = 0
    /// The position of the current operation.
    var operationPosition = 0
    /// The end of the last frame.
    var frameEnd = 0
    private var version: UInt8 = 2
    var stack: [PickleValue] = []
    /// The stack's heights at the open marks.
    var marks: [Int] = []
    var memo = PickleMemo()
    var heap = PickleHeap()
    /// The keys of large dicts. Small dicts are searched linearly.
    var keysOfLargeDictionary: [Int: Set<PickleKey>] = [:]
    /// The number of elements of all containers.
    var itemCount = 0

    static let byteLimit = 64 << 20
    static let operationLimit = 20_000_000
    static let stackLimit = 1_000_000
    static let containerLimit = 1_000_000
    static let itemLimit = 4_000_000
    static let heightLimit = 64

    /// Returns an upper bound of the memory that reading a pickle needs, in bytes. A container needs 96 bytes and comes
    /// from one byte of a pickle; the other limits bound the memory of any pickle.
    static func memoryBound(byteCount: Int) -> Int { min(byteCount * 96, 1 << 30) }

    /// The value of a pickle.
    struct Document: Sendable {
        let root: PickleValue
        let heap: PickleHeap
        let origin: PickleOrigin
    }

    private static let protocols: ClosedRange<UInt8> = 2...5

    /// Reads a complete pickle of protocol 2 to 5.
    static func read(_ bytes: [UInt8], origin: PickleOrigin) throws(InputError) -> Document {
        var reader = PickleReader(origin: origin, bytes: bytes)
        try reader.readProtocol()
        var count = 0
        while try reader.step() {
            count += 1
            if count > operationLimit {
                throw reader.fault(.pickleTooLarge, found: "more than \(operationLimit) operations")
            }
        }
        return try reader.finish()
    }

    private init(origin: PickleOrigin, bytes: [UInt8]) {
        self.origin = origin
        self.bytes = bytes
    }

    private mutating func readProtocol() throws(InputError) {
        guard let first = bytes.first else {
            throw fault(.pickleStack, found: "an empty pickle", required: "a state dict")
        }
        guard first == PickleOpcode.protocolVersion.rawValue else {
            throw fault(.pickleProtocol, found: "a pickle of protocol 0 or 1", required: "protocol 2 to 5")
        }
        position = 1
        version = try byte()
        if !Self.protocols.contains(version) {
            throw fault(.pickleProtocol, found: "protocol \(version)", required: "protocol 2 to 5")
        }
    }

    /// Reads one operation. Returns false for the last one.
    private mutating func step() throws(InputError) -> Bool {
        operationPosition = position
        guard position < bytes.count else {
            throw fault(.pickleStack, found: "the end of the pickle", required: "a STOP before it")
        }
        guard let opcode = PickleOpcode(rawValue: try byte()), opcode != .protocolVersion,
            opcode.firstProtocol <= version
        else {
            let code = String(bytes[operationPosition], radix: 16)
            throw fault(.pickleOpcode, found: "operation 0x\(code)", required: "an operation that a state dict needs")
        }
        switch opcode {
        case .protocolVersion: break
        case .stop: return false
        case .mark: try openMark()
        case .none: try push(.none)
        case .newTrue: try push(.boolean(true))
        case .newFalse: try push(.boolean(false))
        case .integer8: try push(.integer(try unsigned(byteCount: 1)))
        case .integer16: try push(.integer(try unsigned(byteCount: 2)))
        case .integer32: try push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(byteCount: 4)))))
        case .long: try push(try longInteger(lengthByteCount: 1))
        case .longLong: try push(try longInteger(lengthByteCount: 4))
        case .float: try push(.float(try float()))
        case .unicode: try push(.string(try string(lengthByteCount: 4)))
        case .shortString, .shortUnicode: try push(.string(try string(lengthByteCount: 1)))
        case .longUnicode: try push(.string(try string(lengthByteCount: 8)))
        case .shortBytes: try push(try byteSequence(lengthByteCount: 1))
        case .bytes: try push(try byteSequence(lengthByteCount: 4))
        case .longBytes, .byteArray: try push(try byteSequence(lengthByteCount: 8))
        case .frame: try openFrame()
        case .global: try push(.global(try global()))
        case .get: try push(try remembered(try unsigned(byteCount: 1)))
        case .longGet: try push(try remembered(try unsigned(byteCount: 4)))
        case .put: try remember(try unsigned(byteCount: 1))
        case .longPut: try remember(try unsigned(byteCount: 4))
        default: try combine(opcode)
        }
        if operationPosition < frameEnd, position > frameEnd {
            throw fault(
                .pickleLength, found: "an operation across the end of a frame", required: "frames of whole operations")
        }
        return true
    }

    /// Performs an operation that combines values of the stack.
    private mutating func combine(_ opcode: PickleOpcode) throws(InputError) {
        switch opcode {
        case .emptyDictionary: try push(.dictionary(try newContainer()))
        case .emptyList: try push(.list(try newContainer()))
        case .emptyTuple: try pushTuple([])
        case .tuple: try pushTuple(try popToMark())
        case .tuple1: try pushTuple(try pop(count: 1))
        case .tuple2: try pushTuple(try pop(count: 2))
        case .tuple3: try pushTuple(try pop(count: 3))
        case .append: try append([try pop()])
        case .appends: try append(try popToMark())
        case .setItem: try setItems(try pop(count: 2))
        case .setItems: try setItems(try popToMark())
        case .build: try build()
        case .persistentID: try push(.storage(try storage(of: try pop())))
        case .reduce: try reduce()
        case .newObject: try newObject()
        case .emptySet: try push(.inert(.set))
        case .addItems: try addItems(try popToMark())
        case .frozenSet: try pushFrozenSet(try popToMark())
        case .stackGlobal: try push(.global(try stackGlobal()))
        case .memoize: try memoize()
        default: throw fault(.pickleOpcode, found: "operation 0x\(String(opcode.rawValue, radix: 16))")
        }
    }

    /// Checks that a single value is left and that no bytes follow STOP.
    private mutating func finish() throws(InputError) -> Document {
        if position != bytes.count {
            operationPosition = position
            throw fault(
                .pickleStack, found: "\(bytes.count - position) bytes after STOP", required: "the end of the pickle")
        }
        guard stack.count == 1, marks.isEmpty else {
            throw fault(
                .pickleStack, found: "\(stack.count) values and \(marks.count) marks at STOP", required: "one value")
        }
        return Document(root: stack[0], heap: heap, origin: origin)
    }

    // MARK: Faults

    /// Returns the error of the current operation.
    func fault(_ rule: InputRule, found: String, required: String = "") -> InputError {
        InputError(
            rule, file: origin.path, at: .byte(origin.offset(of: operationPosition)),
            found: found + origin.note(at: operationPosition), required: required)
    }

    /// Returns the error of the current operation with the name of the tensor under construction. That is the last
    /// string on the stack except `"storage"`, which begins a persistent id.
    func tensorFault(_ rule: InputRule, found: String, required: String = "") -> InputError {
        for case .string(let name) in stack.reversed() where name != "storage" {
            return InputError(
                rule, file: origin.path, at: .tensor(name, headerOffset: origin.offset(of: operationPosition)),
                found: found + origin.note(at: operationPosition), required: required)
        }
        return fault(rule, found: found, required: required)
    }
}
