import SkipFiles

/// What models are that are not read: by the name of their class, by their configuration, by their tensors.
enum OtherModelKind {
    private static let visionWrapper = "a wrapper with a vision encoder"

    /// By the end of the class name, in lower case.
    private static let classEndings: [(ending: String, kind: String)] = [
        ("forsequenceclassification", "a classifier"), ("fortokenclassification", "a classifier"),
        ("formultiplechoice", "a classifier for multiple choice"),
        ("forquestionanswering", "a model for question answering"), ("rewardmodel", "a reward model"),
        ("forconditionalgeneration", "a wrapper with a vision or audio encoder"),
        ("forvision2seq", visionWrapper), ("forimagetexttotext", visionWrapper), ("formaskedlm", "an encoder"),
        ("withvaluehead", "a model with a value head"), ("eagle", "a draft model for speculative decoding"),
        ("eagle3", "a draft model for speculative decoding"), ("medusamodel", "heads for speculative decoding"),
        ("model", "a model without an output head"),
    ]

    /// The start of class names that end in `ForConditionalGeneration` without an encoder of images or sounds.
    private static let encoderDecoders = [
        "t5", "mt5", "umt5", "longt5", "bart", "mbart", "plbart", "led", "pegasus", "bigbirdpegasus", "marian",
        "m2m100", "blenderbot", "prophetnet", "switchtransformers", "nllb",
    ]

    /// `className` is in lower case. Nil if the name does not say it.
    static func kind(ofClass className: String) -> String? {
        if className.hasSuffix("forconditionalgeneration"), encoderDecoders.contains(where: className.hasPrefix) {
            return "an encoder-decoder model"
        }
        return classEndings.first { className.hasSuffix($0.ending) }?.kind
    }

    /// Nil if the fields do not say it.
    static func kind(of config: ConfigReader) -> String? {
        let fields: [(field: ByteString, kind: String)] = [
            ("vision_config", visionWrapper), ("mm_vision_tower", visionWrapper), ("vision_tower", visionWrapper),
            ("audio_config", "a wrapper with an audio encoder"), ("medusa_num_heads", "heads for speculative decoding"),
            ("speculators_model_type", "a draft model for speculative decoding"),
            ("text_config", "a wrapper with a text model in it"),
        ]
        return fields.first { config.object[$0.field].map { $0 != .null } ?? false }?.kind
    }

    /// Nil if the name of the tensor does not say it.
    static func kind(ofTensor name: ByteString) -> String? {
        let components = name.description.split(separator: ".")
        let parts: [(component: Substring, kind: String)] = [
            ("vision_tower", visionWrapper), ("vision_model", visionWrapper), ("visual", visionWrapper),
            ("mm_projector", visionWrapper), ("multi_modal_projector", visionWrapper),
            ("audio_tower", "a wrapper with an audio encoder"), ("medusa_head", "heads for speculative decoding"),
            ("v_head", "a model with a value head"), ("value_head", "a model with a value head"),
            ("experts", "a mixture of experts"), ("block_sparse_moe", "a mixture of experts"),
        ]
        if let part = parts.first(where: { components.contains($0.component) }) { return part.kind }
        let heads: Set<ByteString> = ["score.weight", "score.bias", "classifier.weight", "classifier.bias"]
        if heads.contains(name) { return "a classifier" }
        return name.description.hasPrefix("qa_outputs.") ? "a model for question answering" : nil
    }
}
