import SkipModel

/// The numbers of a configuration that loops need. A plain value without references, unlike `ModelConfiguration`.
struct ModelSizes {
    let vocabularySize: Int
    let hiddenSize: Int
    let intermediateSize: Int
    let attentionHeadCount: Int
    let keyValueHeadCount: Int
    let headDimension: Int
    let rmsNormEpsilon: Float
    let activation: Activation
    let embeddingScale: Float
    let attentionScale: Float
    let attentionSoftcap: Float
    let finalLogitSoftcap: Float

    init(_ configuration: ModelConfiguration) {
        vocabularySize = configuration.vocabularySize
        hiddenSize = configuration.hiddenSize
        intermediateSize = configuration.intermediateSize
        attentionHeadCount = configuration.attentionHeadCount
        keyValueHeadCount = configuration.keyValueHeadCount
        headDimension = configuration.headDimension
        rmsNormEpsilon = Float(configuration.rmsNormEpsilon)
        activation = configuration.activation
        embeddingScale = configuration.embeddingScale
        attentionScale = configuration.attentionScale
        attentionSoftcap = configuration.attentionSoftcap
        finalLogitSoftcap = configuration.finalLogitSoftcap
    }

    var queryWidth: Int { attentionHeadCount * headDimension }
    var queryHeadsPerKeyValueHead: Int { attentionHeadCount / keyValueHeadCount }
}
