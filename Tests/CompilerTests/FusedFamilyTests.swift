import SkipFormat
import SkipModel
import SkipQuantize
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

/// A family that stores the projections of a layer fused, and norms as `w` of `1 + w`: what a new family's file holds.
private struct FusedFamily: CheckpointFamily {
    let classNames: [ByteString] = ["FusedForCausalLM"]
    let modelType: ByteString = "fused"

    let placements = PlacementTable(
        model: [
            .init("model.embed_tokens.weight", .tokenEmbedding),
            .init("model.norm.weight", .finalNorm, offset: 1),
            .init("lm_head.weight", .outputHead),
        ],
        layer: [
            .init("input_layernorm.weight", .attentionInputNorm, offset: 1),
            .init("post_attention_layernorm.weight", .mlpInputNorm, offset: 1),
            .init("self_attn.qkv_proj.weight", fused: [.queryProjection, .keyProjection, .valueProjection]),
            .init("self_attn.qkv_proj.bias", fused: [.queryBias, .keyBias, .valueBias]),
            .init("self_attn.o_proj.weight", .attentionOutputProjection),
            .init("self_attn.o_proj.bias", .attentionOutputBias),
            .init("mlp.gate_up_proj.weight", fused: [.gateProjection, .upProjection]),
            .init("mlp.down_proj.weight", .downProjection),
        ])

    func configuration(_ config: ConfigReader) throws(InputError) -> ModelConfiguration {
        try LlamaFamily().configuration(config)
    }

    func biases(_ config: ConfigReader, _ configuration: ModelConfiguration) throws(InputError) -> [TensorID] {
        try LlamaFamily().biases(config, configuration)
    }
}

/// One model in Llama's form and in the fused form.
private struct TwoForms {
    let directory: TemporaryDirectory
    let llama: String
    let fused: String

    private static let fusions = [
        ("self_attn.qkv_proj", ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]),
        ("mlp.gate_up_proj", ["mlp.gate_proj", "mlp.up_proj"]),
    ]

    init() throws {
        directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst("{", with: #"{"attention_bias": true, "#)
        for layer in 0..<TinyCheckpoint.layerCount {
            for (name, count) in [("q_proj", 8), ("k_proj", 4), ("v_proj", 4), ("o_proj", 8)] {
                checkpoint.model.tensors.append(
                    TinyAdapter.random("model.layers.\(layer).self_attn.\(name).bias", [count]))
            }
        }
        // Norms between 1 and 2 whose difference from 1 is exact, so that both forms hold the same numbers.
        for index in checkpoint.model.tensors.indices where checkpoint.model.tensors[index].name.contains("norm") {
            let name = checkpoint.model.tensors[index].name
            checkpoint.model.tensors[index] = SafetensorsBuilder.float32(
                name, [8], (0..<8).map { 1 + Float($0 + index) / 64 })
        }
        llama = directory.file("llama")
        fused = directory.file("fused")
        for (path, model) in [("llama", checkpoint.model), ("fused", try Self.fused(checkpoint.model))] {
            try directory.makeDirectory(path)
            let config =
                path == "fused"
                ? checkpoint.config.replacingFirst("LlamaForCausalLM", with: "FusedForCausalLM") : checkpoint.config
            try directory.write(config, to: path + "/config.json")
            try directory.write(model.file, to: path + "/model.safetensors")
            try directory.write(checkpoint.routers.file, to: path + "/routers.safetensors")
        }
    }

    private static func fused(_ model: SafetensorsBuilder) throws -> SafetensorsBuilder {
        var tensors = model.tensors
        for index in tensors.indices where tensors[index].name.contains("norm") {
            let values = (0..<8).map { Float($0 + index) / 64 }
            tensors[index] = SafetensorsBuilder.float32(tensors[index].name, [8], values)
        }
        for layer in 0..<TinyCheckpoint.layerCount {
            for (fused, parts) in fusions {
                for kind in ["weight", "bias"] {
                    let names = parts.map { "model.layers.\(layer).\($0).\(kind)" }
                    let found = names.compactMap { name in tensors.first { $0.name == name } }
                    guard let first = found.first else { continue }
                    try #require(found.count == names.count)
                    tensors.removeAll { names.contains($0.name) }
                    let rows = found.reduce(0) { $0 + $1.shape[0] }
                    tensors.append(
                        .init(
                            name: "model.layers.\(layer).\(fused).\(kind)", dtype: "F32",
                            shape: [rows] + first.shape.dropFirst(), bytes: found.flatMap(\.bytes)))
                }
            }
        }
        return SafetensorsBuilder(tensors)
    }

    /// The front end of one of the forms.
    func frontEnd(_ path: String, adapter: String? = nil) -> FrontEnd {
        var frontEnd = FrontEnd(modelDirectory: path, routerPath: path + "/routers.safetensors")
        frontEnd.families += [FusedFamily()]
        if let adapter { frontEnd.adapters = [.init(path: directory.file(adapter))] }
        return frontEnd
    }

    /// Writes an adapter of rank 2 on some modules; each has rows of one common B, and all have the same A.
    func writeAdapter(_ name: String, modules: [(name: String, rows: Range<Int>)]) throws {
        var adapter = TinyAdapter()
        adapter.model.tensors = []
        adapter.set("target_modules", "[\(modules.map { "\"\($0.name)\"" }.joined(separator: ", "))]")
        for layer in 0..<TinyCheckpoint.layerCount {
            let loraB = TinyAdapter.random("B\(layer)", [16, 2]).bytes
            for module in modules {
                let prefix = "base_model.model.model.layers.\(layer).\(module.name)."
                var loraA = TinyAdapter.random("A\(layer)", [2, 8])
                loraA.name = prefix + "lora_A.weight"
                let bytes = Array(loraB[module.rows.lowerBound * 8..<module.rows.upperBound * 8])
                adapter.model.tensors += [
                    loraA,
                    .init(name: prefix + "lora_B.weight", dtype: "F32", shape: [module.rows.count, 2], bytes: bytes),
                ]
            }
        }
        try adapter.write(to: directory, name)
    }
}

@Suite struct FusedFamilyTests {
    private func tensorBytes(_ path: String) throws -> [TensorID: [UInt8]] {
        let file = try SkipFile(opening: path)
        #expect(file.verify() == [])
        return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.id, unsafe Array(file.bytes(of: $0))) })
    }

    @Test(arguments: [OutputType.float32, .bfloat16, .int8])
    func aFusedCheckpointGivesTheSameWeights(outputType: OutputType) throws {
        let forms = try TwoForms()
        var weights: [[TensorID: [UInt8]]] = []
        for path in [forms.llama, forms.fused] {
            let output = path + ".skipgpt"
            _ = try Conversion(forms.frontEnd(path), types: OutputTypeSelection(outputType)).write(to: output)
            weights.append(try tensorBytes(output))
        }
        // Per layer nine matrices and norms, four biases, and four tensors of routers; embedding, norm and head.
        #expect(weights[0].count == TinyCheckpoint.layerCount * 17 + 3)
        #expect(weights[0] == weights[1])
    }

    /// The adapter acts on the fused matrix before it is split, which is what PEFT does.
    @Test func anAdapterOnAFusedMatrixIsMergedBeforeItIsSplit() throws {
        let forms = try TwoForms()
        try forms.writeAdapter("fused-lora", modules: [("self_attn.qkv_proj", 0..<16)])
        try forms.writeAdapter(
            "split-lora",
            modules: [("self_attn.q_proj", 0..<8), ("self_attn.k_proj", 8..<12), ("self_attn.v_proj", 12..<16)])
        let fused = try PlanValues(try forms.frontEnd(forms.fused, adapter: "fused-lora").read())
        let split = try PlanValues(try forms.frontEnd(forms.llama, adapter: "split-lora").read())
        let plain = try PlanValues(try forms.frontEnd(forms.llama).read())
        for layer in 0..<TinyCheckpoint.layerCount {
            for role in [TensorRole.queryProjection, .keyProjection, .valueProjection, .gateProjection, .queryBias] {
                let id = TensorID(role, layer: layer)
                #expect(relativeError(try fused.floats(id), try split.floats(id)) < 1e-6)
                #expect(try fused.floats(id) == fused.floats(id, rowCount: 1))
            }
            let query = TensorID(.queryProjection, layer: layer)
            #expect(relativeError(try fused.floats(query), try plain.floats(query)) > 1e-2)
        }
    }

    @Test func mergingKeepsTheStoredTensors() throws {
        let forms = try TwoForms()
        try forms.writeAdapter("lora", modules: [("self_attn.qkv_proj", 0..<16)])
        let output = forms.directory.file("merged")
        try CheckpointMerge(forms.frontEnd(forms.fused, adapter: "lora")).write(to: output)
        let merged = try SafetensorsFile(output + "/model.safetensors")
        let base = try SafetensorsFile(forms.fused + "/model.safetensors")
        let adapter = try SafetensorsFile(forms.directory.file("lora/adapter_model.safetensors"))
        #expect(merged.names == base.names)
        for name in merged.names where !name.contains("qkv_proj.weight") {
            #expect(try merged.floats(name) == base.floats(name))
        }
        for layer in 0..<TinyCheckpoint.layerCount {
            let name = "model.layers.\(layer).self_attn.qkv_proj"
            let loraA = try adapter.floats("base_model.model.\(name).lora_A.weight")
            let loraB = try adapter.floats("base_model.model.\(name).lora_B.weight")
            let weight = try base.floats(name + ".weight")
            let expected = weight.indices.map { index in
                let (row, column) = (index / 8, index % 8)
                let product = (0..<2).reduce(0.0) { $0 + Double(loraB[row * 2 + $1]) * Double(loraA[$1 * 8 + column]) }
                return Float(Double(weight[index]) + TinyAdapter.alpha / 2 * product)
            }
            #expect(relativeError(try merged.floats(name + ".weight"), expected) < 1e-6)
        }
    }

    @Test func theLedgerKeepsStoredNames() throws {
        let forms = try TwoForms()
        let ledger = try forms.frontEnd(forms.fused).read().ledger
        let entry = try #require(ledger.first { $0.name == "model.layers.1.self_attn.qkv_proj.weight" })
        let roles: [TensorRole] = [.queryProjection, .keyProjection, .valueProjection]
        #expect(entry.fate == .placed(roles.map { TensorID($0, layer: 1) }))
    }

    @Test func aFusedTensorOfTheWrongHeightIsRefused() throws {
        let forms = try TwoForms()
        let model = SafetensorsBuilder([TinyAdapter.random("model.layers.0.self_attn.qkv_proj.weight", [17, 8])])
        try forms.directory.write(model.file, to: "fused/model.safetensors")
        let error = #expect(throws: InputError.self) { try forms.frontEnd(forms.fused).read() }
        #expect(error?.rule == .tensorShape && error?.required.hasPrefix("[16, 8]") == true)
    }
}
