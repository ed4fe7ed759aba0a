/// Writes Prometheus' text format, version 0.0.4: each family that has samples once, with its help and type, then these.
struct MetricsText {
  enum Kind: String { case counter, gauge, histogram }

  private(set) var bytes: [UInt8] = []
  private var family = ""
  /// Help and type of the family, until it has a sample.
  private var head = ""

  /// The samples that follow belong to this family.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    family = name
    head = "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// - Parameters:
  ///   - suffix: `_bucket`, `_sum` or `_count` of a histogram.
  ///   - labels: names, and values, which may be any text.
  mutating func sample(_ labels: [(name: String, value: String)], suffix: String = "", _ value: String) {
    let list = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    bytes += head.utf8
    head = ""
    bytes += "\(family)\(suffix)\(list.isEmpty ? "" : "{\(list)}") \(value)\n".utf8
  }

  mutating func sample(_ labels: [(name: String, value: String)], _ value: some BinaryInteger) {
    sample(labels, String(value))
  }

  /// Without labels.
  mutating func sample(_ value: String) { sample([], value) }

  /// A value that is a multiple of a fraction of a second, as seconds: exact, and without trailing zeros.
  static func seconds(_ value: Int64, perSecond: Int64) -> String {
    let magnitude = value.magnitude
    let sign = value < 0 ? "-" : ""
    let whole = magnitude / perSecond.magnitude
    var rest = magnitude % perSecond.magnitude
    var text = "\(sign)\(whole)"
    guard rest > 0 else { return text }
    text += "."
    while rest > 0 {
      rest *= 10
      text += "\(rest / perSecond.magnitude)"
      rest %= perSecond.magnitude
    }
    return text
  }

  /// A backslash and a line feed are escaped, in label values a quotation mark too.
  private func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
