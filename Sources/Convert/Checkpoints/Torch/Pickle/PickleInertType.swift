/// A Python class or function that training checkpoints refer to beside their tensors, such as `argparse.Namespace` or
/// the parts of a NumPy array.
///
/// Its values are inert: nothing is called, their contents are dropped, and they are never tensors or state dicts.
struct PickleInertType: Equatable, Sendable {
    private let row: UInt16

    /// What a pickle may do with the name, and with its values.
    struct Uses: OptionSet, Sendable {
        let rawValue: UInt8

        /// `REDUCE`
        static let call = Uses(rawValue: 1)
        /// `NEWOBJ`
        static let new = Uses(rawValue: 2)
        /// `APPEND` and `APPENDS` to a value.
        static let elements = Uses(rawValue: 4)
        /// `SETITEM` and `SETITEMS` of a value.
        static let items = Uses(rawValue: 8)
        /// `BUILD` of a value.
        static let state = Uses(rawValue: 16)
        /// The first argument is a listed name or None: a factory or a class.
        static let classFirst = Uses(rawValue: 32)
    }

    /// Returns the type of `module name`; nil for every name that is not listed.
    init?(_ name: String) {
        guard let row = Self.rowOfName[name] else { return nil }
        self.row = row
    }

    private init(listed name: StaticString) {
        guard let type = PickleInertType("\(name)") else { preconditionFailure("\(name) is not listed") }
        self = type
    }

    var uses: Uses { Self.rows[Int(row)].uses }
    /// The numbers of arguments that a call may have.
    var argumentCounts: ClosedRange<Int> { Self.rows[Int(row)].argumentCounts }
    /// The full name: `argparse.Namespace`.
    var name: String { Self.rows[Int(row)].name.split(separator: " ").joined(separator: ".") }

    // The types of values that operations create without a name.
    static let bytes = PickleInertType(listed: "builtins bytes")
    static let integer = PickleInertType(listed: "builtins int")
    static let set = PickleInertType(listed: "builtins set")
    static let frozenSet = PickleInertType(listed: "builtins frozenset")

    // MARK: The list

    private struct Row: Sendable {
        let name: String
        let argumentCounts: ClosedRange<Int>
        let uses: Uses
    }

    private static let rowOfName: [String: UInt16] = Dictionary(
        uniqueKeysWithValues: rows.enumerated().map { (index, row) in (row.name, UInt16(index)) })
    private static let rows: [Row] = groups.flatMap(\.rows)

    /// Names of some modules with the same uses.
    private struct Group {
        let modules: [String]
        let names: String
        let argumentCounts: ClosedRange<Int>
        let uses: Uses

        init(_ modules: String, _ names: String, _ argumentCounts: ClosedRange<Int>, _ uses: Uses) {
            self.modules = modules.split(separator: " ").map(String.init)
            self.names = names
            self.argumentCounts = argumentCounts
            self.uses = uses
        }

        /// Names that are values themselves, such as a type in a configuration. They are never called.
        init(_ modules: String, values: String) { self.init(modules, values, 0...0, []) }

        var rows: [Row] {
            modules.flatMap { module in
                names.split(separator: " ").map {
                    Row(name: "\(module) \($0)", argumentCounts: argumentCounts, uses: uses)
                }
            }
        }
    }

    /// Python 2 and pickles of protocol 2 name the builtins `__builtin__`.
    private static let builtins = "builtins __builtin__"
    /// The modules before and since NumPy 2.
    private static let arrays = "numpy.core.multiarray numpy._core.multiarray"
    /// Attributes and items that are set after the instance is made.
    private static let dictionary: Uses = [.call, .new, .items, .state]

    private static let groups: [Group] = [
        Group(builtins, values: "Ellipsis NotImplemented bool dict float int list long object str tuple unicode"),
        Group(builtins, "set frozenset bytes", 0...1, .call),
        Group(builtins, "complex", 2...2, .call),
        Group(builtins, "slice range xrange", 1...3, .call),
        Group(builtins, "bytearray", 0...2, .call),
        Group("_codecs", "encode", 2...2, .call),
        Group("argparse", "Namespace", 0...0, [.call, .new, .state]),
        Group("types", "SimpleNamespace", 0...0, [.call, .new, .state]),
        Group("collections", "defaultdict", 0...1, [.call, .items, .state, .classFirst]),
        Group("collections", "Counter", 0...1, [.call, .items, .state]),
        Group("collections", "deque", 0...2, [.call, .elements, .state]),
        Group(
            "pathlib pathlib._local", "PosixPath WindowsPath PurePosixPath PureWindowsPath Path", 0...64, .call),
        Group("datetime", "date time datetime", 1...9, .call),
        Group("datetime", "timedelta timezone", 1...3, .call),
        Group("decimal", "Decimal", 1...1, .call),
        Group("fractions", "Fraction", 1...2, .call),
        Group("uuid", "UUID", 0...0, [.new, .state]),
        Group("typing", values: "Any Dict List Optional Tuple Union"),

        Group("numpy", "dtype", 3...3, [.call, .state]),
        Group(
            "numpy",
            values: "ndarray bool_ bool float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64"),
        Group(arrays, "scalar", 2...2, .call),
        Group(arrays, "_reconstruct", 3...3, [.call, .state, .classFirst]),
        Group("numpy.core.numeric numpy._core.numeric", "_frombuffer", 4...5, .call),
        Group(
            "numpy.random._pickle", "__randomstate_ctor __generator_ctor __bit_generator_ctor", 0...2, [.call, .state]),
        Group("numpy.random._mt19937", values: "MT19937"),
        Group("numpy.random._pcg64", values: "PCG64 PCG64DXSM"),
        Group("numpy.random.bit_generator", values: "SeedSequence"),
        Group("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence", 3...3, [.call, .state]),

        Group("torch", "device", 1...2, .call),
        Group("torch.torch_version", "TorchVersion", 1...1, [.call, .new, .state]),
        Group("torch.serialization", "_get_layout", 1...1, .call),

        // Dicts with attributes, in which training programs keep their options.
        Group(
            "pytorch_lightning.utilities.parsing lightning.pytorch.utilities.parsing", "AttributeDict", 0...1,
            dictionary),
        Group("lightning_fabric.utilities.data lightning.fabric.utilities.data", "AttributeDict", 0...1, dictionary),
        Group("easydict", "EasyDict", 0...1, dictionary),
        Group("addict.addict", "Dict", 0...1, dictionary),
        Group("yacs.config", "CfgNode", 0...1, dictionary),
        Group("ml_collections.config_dict.config_dict", "ConfigDict", 0...1, dictionary),
        Group("omegaconf.dictconfig", "DictConfig", 0...1, dictionary),
        Group("omegaconf.listconfig", "ListConfig", 0...1, dictionary),
        Group("omegaconf.base", "ContainerMetadata Metadata", 0...1, dictionary),
        Group(
            "omegaconf.nodes", "AnyNode StringNode IntegerNode FloatNode BooleanNode PathNode BytesNode", 0...1,
            dictionary),

        // Keys of the callbacks of older Lightning checkpoints.
        Group(
            "pytorch_lightning.callbacks.model_checkpoint lightning.pytorch.callbacks.model_checkpoint",
            values: "ModelCheckpoint"),
        Group(
            "pytorch_lightning.callbacks.early_stopping lightning.pytorch.callbacks.early_stopping",
            values: "EarlyStopping"),
    ]
}
