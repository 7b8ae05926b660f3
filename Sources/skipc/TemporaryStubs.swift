import Format

/// Replaced by the layout map.
enum LayoutMap { static func text(of file: SkipFile) -> String { "" } }
