/// The version of the programs, which files record.
public enum ToolVersion {
    public static let text = "0.1.0"
}
