/// The keys under which a file records what its model is. `GenerationField` has the keys of generation defaults.
public enum MetadataKey {
    /// The name of the model: `Llama-3.1-8B`.
    public static let name = "model.name"
    /// The license, as the model card writes it: `apache-2.0`.
    public static let license = "model.license"
    /// The repository on the Hugging Face Hub: `meta-llama/Llama-3.1-8B`.
    public static let source = "model.source"
    /// The commit of the repository, in hexadecimal.
    public static let revision = "model.revision"
    /// The models that it was trained from, as the model card writes them.
    public static let base = "model.base"
    /// The SHA-256 of the chat template's text.
    public static let chatTemplateHash = "chat-template.sha256"
}
