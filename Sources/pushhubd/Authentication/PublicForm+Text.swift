import HubCore
import HubProtocol

/// Forms of text: what is written in them is JSON, a token, a name or a place.
extension PublicForm {
  /// Longer texts are no paths and no addresses.
  private static let maxNameBytes = 4096

  static func ofText(_ text: String, _ bytes: [UInt8]) -> PublicForm? {
    if isJSON(bytes) { return .json }
    if isToken(bytes) { return .token }
    if isMarkup(text) { return .markup }
    if isTemplate(text) { return .template }
    let name = text.trimmed
    guard name.utf8.count <= maxNameBytes else { return nil }
    if isFingerprint(name) { return .fingerprint }
    if isAddress(name) { return .address }
    return isPath(name) ? .path : nil
  }

  /// Whether an object, an array or a string begins there, be it cut or not quite JSON (`{'kty':`, `{kty:`).
  ///
  /// Only to begin with a bracket is not enough: one of a hundred secrets of printable characters does.
  static func isJSON(_ bytes: [UInt8]) -> Bool {
    let start = bytes.drop { $0.isWhiteSpace || [0xEF, 0xBB, 0xBF].contains($0) }
    guard let first = start.first, "{[\"".utf8.contains(first) else { return false }
    if JSONScanner.validate(Array(start)) == nil { return true }
    let inner = start.drop { $0.isWhiteSpace || "{[".utf8.contains($0) }
    guard inner.count < start.count, let quote = inner.first else { return false }
    guard "\"'".utf8.contains(quote) else {
      let name = inner.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
      return name.count >= 2 && inner.dropFirst(name.count).first == UInt8(ascii: ":")
    }
    guard let end = inner.dropFirst().firstIndex(of: quote) else { return false }
    return inner[(end + 1)...].first { !$0.isWhiteSpace }.map { ":,]}".utf8.contains($0) } ?? false
  }

  /// Three parts with dots between (RFC 7515 section 7.1), or the five of an encrypted one; the first is JSON.
  private static func isToken(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 5 else { return false }
    return Base64URL.decode(parts[0].drop(while: \.isWhiteSpace)).map(isJSON) ?? false
  }

  /// An element's tag at the beginning, or the end of an element anywhere.
  private static func isMarkup(_ text: String) -> Bool {
    guard text.has("<") else { return false }
    return text.matches(/\s*<[!?\/%]?[A-Za-z][A-Za-z0-9:_.\-]+\/?>/, .atStart)
      || text.matches(/<\/[A-Za-z][A-Za-z0-9:]+\s*>/)
  }

  /// A place for a value that something was to put in: `${jwt.secret}`, `{{ secret }}`, `<%= secret %>`, `$HOME/key`.
  private static func isTemplate(_ text: String) -> Bool {
    guard text.has("${%@") || text.hasPrefix("__") else { return false }
    return text.matches(/\$\{[A-Za-z_][A-Za-z0-9_.:?\-]+\}|\$\([A-Z_][A-Z0-9_]+\)|\{\{[^\n]*\}\}|<%[^\n]*%>/)
      || text.trimmed.matches(/\$[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z0-9_.\/\-]*)?|%[A-Z_]+%|@[A-Z_]+@|__[A-Z_]+__/, .whole)
  }

  private static func isFingerprint(_ name: String) -> Bool {
    if name.hasPrefix("age1") { return name.matches(/[a-z0-9]+/, .whole) }
    guard name.has(":-") else { return false }
    return name.matches(/(sha(1|256|384|512)|md5)[:\-]/.ignoresCase(), .atStart)
  }

  private static func isAddress(_ name: String) -> Bool {
    if name.has(":") {
      let scheme = /[a-z][a-z0-9+.\-]*:\/\/|.*https?:\/\/|(mailto|urn|data|did|arn|vault|file):/
      if name.matches(scheme.ignoresCase(), .atStart) { return true }
    }
    guard name.has(".") else { return false }
    return name.matches(/www\./.ignoresCase(), .atStart)
      || name.matches(/[a-z0-9\-]+(\.[a-z0-9\-]+)+(:[0-9]+)?\/[\w.\/~%:@?=&+,\-]*/.ignoresCase(), .whole)
      || name.matches(/[^@\s]+@[a-z0-9\-]+(\.[a-z0-9\-]+)*\.[a-z]{2,}/.ignoresCase(), .whole)
  }

  /// A secret in base64 begins with a slash once in 64 times, so that alone makes no path: it must have a character
  /// that is not of base64, no capital letter, or several slashes and neither digit nor plus. Of random base64 one in
  /// 250,000 is taken for a path.
  private static func isPath(_ name: String) -> Bool {
    guard name.has("/\\.") else { return false }
    let bytes = Array(name.utf8)
    guard bytes.allSatisfy({ $0.isLetterOrDigit || "/\\._-~ @+:,%=()".utf8.contains($0) || $0 >= 0x80 }) else {
      return false
    }
    if name.has("\\.:") {
      let pattern = /[A-Z]:[\\\/]|\\\\|\.\.?\/|.*\.(pem|key|json|jwks?|cer|crt|cert|der|pub|txt|ya?ml|conf)$/
      if name.matches(pattern.ignoresCase(), .atStart) { return true }
    }
    guard name.has("/"), !name.hasSuffix("=") else { return false }
    if name.has("._-~") { return true }
    guard name.hasPrefix("/") else { return false }
    let hasCapitals = bytes.contains { (0x41...0x5A).contains($0) }
    return !hasCapitals || bytes.count { $0 == 0x2F } >= 3 && !name.has("0123456789+")
  }
}

private enum Extent { case anywhere, atStart, whole }

extension String {
  /// Without white space at both ends.
  fileprivate var trimmed: String {
    let start = unicodeScalars.drop(while: \.properties.isWhitespace)
    let end = start.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }

  /// Whether one of these characters of ASCII is in it: asked before a pattern, which costs a thousand times as much.
  fileprivate func has(_ characters: String) -> Bool { utf8.contains { characters.utf8.contains($0) } }

  /// By Unicode scalars, so that an accent or a line break that a character is joined with hides nothing.
  fileprivate func matches<Output>(_ pattern: Regex<Output>, _ extent: Extent = .anywhere) -> Bool {
    let pattern = pattern.matchingSemantics(.unicodeScalar)
    switch extent {
    case .anywhere: return firstMatch(of: pattern) != nil
    case .atStart: return prefixMatch(of: pattern) != nil
    case .whole: return wholeMatch(of: pattern) != nil
    }
  }
}
