import SkipFiles

/// The calls that a state dict needs. Each is a case of a closed switch.
extension PickleReader {
    /// Replaces a callee and its arguments by the result.
    mutating func reduce() throws(InputError) {
        let operands = try pop(count: 2)
        guard case .global(let callee) = operands[0], case .tuple(let tuple) = operands[1] else {
            throw fault(
                .pickleOpcode, found: "a call of \(operands[0].kindName) with \(operands[1].kindName)",
                required: "a global and a tuple")
        }
        let arguments = heap.containers[tuple].items
        switch callee {
        case .orderedDictionary:
            if !arguments.isEmpty { throw badArguments("OrderedDict()") }
            try push(.dictionary(try newContainer()))
        case .size:
            guard arguments.count == 1, case .tuple(let size) = arguments[0] else { throw badArguments("Size(tuple)") }
            try push(.tuple(size))
        case .inert(let type): try pushInert(type, arguments, by: .call)
        case .rebuildTensor:
            guard arguments.count == 4 else { throw badArguments("a storage, an offset, a size and strides") }
            try pushTensor(arguments, elementType: nil)
        case .rebuildTensorV2: try rebuildTensorV2(arguments)
        case .rebuildTensorV3: try rebuildTensorV3(arguments)
        case .rebuildParameter, .rebuildParameterWithState:
            try rebuildParameter(arguments, withState: callee == .rebuildParameterWithState)
        case .storage, .untypedStorage, .elementType:
            throw fault(.pickleOpcode, found: "a call of a type", required: "a function that makes a tensor")
        }
    }

    /// `(storage, offset, size, strides, requires_grad, hooks[, metadata])`.
    private mutating func rebuildTensorV2(_ arguments: [PickleValue]) throws(InputError) {
        guard arguments.count == 6 || arguments.count == 7 else { throw badArguments("6 or 7 arguments") }
        try checkGradient(arguments[4], hooks: arguments[5])
        if arguments.count == 7 { try checkMetadata(arguments[6]) }
        try pushTensor(arguments, elementType: nil)
    }

    /// `(storage, offset, size, strides, requires_grad, hooks, dtype[, metadata])`, for types without a storage class.
    private mutating func rebuildTensorV3(_ arguments: [PickleValue]) throws(InputError) {
        guard arguments.count == 7 || arguments.count == 8, case .global(.elementType(let elementType)) = arguments[6]
        else {
            throw badArguments("7 or 8 arguments with a dtype")
        }
        try checkGradient(arguments[4], hooks: arguments[5])
        if arguments.count == 8 { try checkMetadata(arguments[7]) }
        try pushTensor(arguments, elementType: elementType)
    }

    /// `(tensor, requires_grad, hooks[, state])`. The result is the tensor; a state is recorded as left out.
    private mutating func rebuildParameter(_ arguments: [PickleValue], withState: Bool) throws(InputError) {
        guard arguments.count == (withState ? 4 : 3), case .tensor(let tensor) = arguments[0] else {
            throw badArguments("a tensor and the attributes of a parameter")
        }
        try checkGradient(arguments[1], hooks: arguments[2])
        if !withState { return try push(.tensor(tensor)) }
        var parameter = heap.tensors[tensor]
        parameter.hadState = true
        heap.tensors.append(parameter)
        try push(.tensor(heap.tensors.count - 1))
    }

    /// Checks the types of the gradient's arguments. Their values are not used.
    private func checkGradient(_ isRequired: PickleValue, hooks: PickleValue) throws(InputError) {
        guard case .boolean = isRequired else { throw badArguments("a boolean for requires_grad") }
        switch hooks {
        case .none, .dictionary: return
        default: throw badArguments("a dict of hooks")
        }
    }

    /// Refuses metadata such as `conj` and `neg`, which change the meaning of the numbers.
    private func checkMetadata(_ value: PickleValue) throws(InputError) {
        switch value {
        case .none: return
        case .dictionary(let index):
            for (key, value) in heap.entries(of: index) {
                if case .boolean(false) = value { continue }
                throw tensorFault(.tensorBits, found: "the metadata \(key)", required: "a plain tensor")
            }
        default: throw badArguments("a dict as metadata")
        }
    }

    func badArguments(_ required: String) -> InputError {
        tensorFault(.pickleOpcode, found: "a call with other arguments", required: required)
    }
}
