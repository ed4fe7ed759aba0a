/// One key of the configuration: what it is called, what it takes, and which part of `Settings` it is.
struct SettingKey: Sendable {
  /// When a new value counts.
  enum Effect: Sendable { case atReload, atRestart }

  /// `http.base-path`.
  let name: String
  /// What is to be written: `duration`.
  let kind: String
  let isList: Bool
  /// The default as it may be written.
  let defaultText: String
  let effect: Effect
  /// For help and documentation, in Markdown: one sentence or a few, without a line break.
  let summary: String
  let read: @Sendable (RawValue, Surroundings, inout Settings) throws(ValueProblem) -> Void
  /// The value as it may be written.
  let write: @Sendable (Settings) -> String
  /// Takes the value over from other settings.
  let copy: @Sendable (_ from: Settings, _ to: inout Settings) -> Void

  init<Value>(
    _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ format: ValueFormat<Value>,
    _ effect: Effect, _ summary: String
  ) {
    self.name = name
    kind = format.kind
    isList = format.isList
    defaultText = format.write(Settings()[keyPath: path])
    self.effect = effect
    self.summary = summary
    read = { (raw, surroundings, settings) throws(ValueProblem) in
      settings[keyPath: path] = try format.read(raw, surroundings)
    }
    write = { format.write($0[keyPath: path]) }
    copy = { $1[keyPath: path] = $0[keyPath: path] }
  }

  /// `["http", "base-path"]`
  var components: [String] { name.split(separator: ".").map(String.init) }
  /// `--http-base-path`
  var option: String { "--" + Self.dashed(name) }
  /// `PUSHHUB_HTTP_BASE_PATH`
  var variable: String {
    Self.variablePrefix + name.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  static let variablePrefix = "PUSHHUB_"
  /// Variables with that prefix that are for other programs: `pushhub-send` looks for its hub in this one.
  static let foreignVariables: Set<String> = ["PUSHHUB_SOCKET"]

  private static func dashed(_ name: String) -> String { String(name.map { $0 == "." ? "-" : $0 }) }
}
