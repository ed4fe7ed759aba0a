/// A target as somebody names it, to be written on a line: `*`, `user:<id>`, `users:<id>,<id>,…` or `conn:<id>`.
///
/// Whether its ids can be such is for whoever reads it to say: see `Target.init(_:in:maxUsers:)`.
package enum TargetText: Equatable, Sendable {
  case everyone
  case user(String)
  /// At least one.
  case users([String])
  case connection(String)

  static var everyoneWord: StaticString { "*" }
  static var userPrefix: StaticString { "user:" }
  static var usersPrefix: StaticString { "users:" }
  static var connectionPrefix: StaticString { "conn:" }
  static var separator: Unicode.Scalar { "," }
}

extension TargetText: CustomStringConvertible {
  package var description: String {
    var text: [UInt8] = []
    text.append(self)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func append(_ target: TargetText) {
    switch target {
    case .everyone: append(TargetText.everyoneWord)
    case .user(let id):
      append(TargetText.userPrefix)
      append(percentEncoding: id, separator: TargetText.separator)
    case .users(let ids):
      append(TargetText.usersPrefix)
      for (index, id) in ids.enumerated() {
        if index > 0 { append(UInt8(ascii: TargetText.separator)) }
        append(percentEncoding: id, separator: TargetText.separator)
      }
    case .connection(let id):
      append(TargetText.connectionPrefix)
      append(percentEncoding: id, separator: TargetText.separator)
    }
  }
}
