/// The pickle operations that a state dict and the values beside it need. All others are refused.
enum PickleOpcode: UInt8 {
    case protocolVersion = 0x80
    case stop = 0x2E  // .
    case mark = 0x28  // (
    case global = 0x63  // c
    case reduce = 0x52  // R
    case build = 0x62  // b
    case persistentID = 0x51  // Q
    case emptyDictionary = 0x7D  // }
    case emptyList = 0x5D  // ]
    case emptyTuple = 0x29  // )
    case tuple = 0x74  // t
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case append = 0x61  // a
    case appends = 0x65  // e
    case setItem = 0x73  // s
    case setItems = 0x75  // u
    case none = 0x4E  // N
    case newTrue = 0x88
    case newFalse = 0x89
    case integer32 = 0x4A  // J
    case integer8 = 0x4B  // K
    case integer16 = 0x4D  // M
    case long = 0x8A
    case float = 0x47  // G
    case unicode = 0x58  // X
    case shortString = 0x55  // U
    case get = 0x68  // h
    case longGet = 0x6A  // j
    case put = 0x71  // q
    case longPut = 0x72  // r
    case newObject = 0x81
    case longLong = 0x8B
    // Protocol 3
    case bytes = 0x42  // B
    case shortBytes = 0x43  // C
    // Protocol 4
    case shortUnicode = 0x8C
    case longUnicode = 0x8D
    case longBytes = 0x8E
    case emptySet = 0x8F
    case addItems = 0x90
    case frozenSet = 0x91
    case stackGlobal = 0x93
    case memoize = 0x94
    case frame = 0x95
    // Protocol 5
    case byteArray = 0x96

    /// The first protocol with the operation. A pickle of an older protocol must not use it.
    var firstProtocol: UInt8 {
        switch self {
        case .bytes, .shortBytes: 3
        case .shortUnicode, .longUnicode, .longBytes, .emptySet, .addItems, .frozenSet, .stackGlobal, .memoize, .frame:
            4
        case .byteArray: 5
        default: 2
        }
    }
}
