import HubCore
import Runtime

/// What proxies say of a request: who sent it, and over which scheme. It counts as far as its writers are trusted.
///
/// The client's addresses are those of `Forwarded` (RFC 7239), else of `X-Forwarded-For`; the scheme that of
/// `X-Forwarded-Proto`, else of `Forwarded`.
struct Forwarding {
  /// One address that a request passed, in the order of its way.
  enum Node: Hashable {
    case address(IPAddress, port: UInt16?)
    /// `unknown`, a name that a proxy made up (RFC 7239, section 6.3), or nothing that can be read.
    case hidden
  }

  /// The client first.
  let nodes: [Node]
  /// As the first proxy says it; in small letters.
  let scheme: String?

  /// Nil where no proxy says anything.
  init?(_ fields: HeaderFields) {
    guard fields.has(.forwarded) || fields.has(.forwardedFor) || fields.has(.forwardedProto) else { return nil }
    let elements = fields[.forwarded].flatMap(ForwardedElement.parse)
    let addresses = elements.compactMap(\.client)
    nodes =
      addresses.isEmpty
      ? fields[.forwardedFor].flatMap { $0.split(separator: ",", omittingEmptySubsequences: true).map(Node.init) }
      : addresses.map { Node($0[...]) }
    let first = fields.first(.forwardedProto)?.prefix { $0 != "," }.filter { $0 != " " && $0 != "\t" }
    scheme = (first ?? elements.first?.scheme)?.lowercased()
  }

  /// Where the request comes from: the last address that is no trusted proxy's; of trusted ones alone the first. Nil where
  /// nothing is said, or what would count cannot be read.
  func client(trusting proxies: TrustedProxies) -> RemoteAddress? {
    var last: RemoteAddress?
    for node in nodes.reversed() {
      guard case .address(let address, let port) = node else { return last }
      last = RemoteAddress(host: address.description, port: port)
      guard proxies.trusts(address) else { return last }
    }
    return last
  }
}

extension Forwarding.Node {
  /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
  init(_ text: Substring) {
    let text = text.drop { $0 == " " || $0 == "\t" }
    let word = text.prefix { $0 != " " && $0 != "\t" }
    var host = word
    var port: UInt16?
    if word.first == "[", let end = word.firstIndex(of: "]") {
      host = word[word.index(after: word.startIndex)..<end]
      let rest = word[word.index(after: end)...]
      port = rest.first == ":" ? UInt16(rest.dropFirst()) : nil
      guard rest.isEmpty || port != nil else {
        self = .hidden
        return
      }
    } else if let colon = word.firstIndex(of: ":"), word.lastIndex(of: ":") == colon {
      host = word[..<colon]
      // A proxy may have made a name up for the port, too (RFC 7239, section 6.2).
      port = UInt16(word[word.index(after: colon)...])
    }
    guard let address = IPAddress(String(host)) else {
      self = .hidden
      return
    }
    self = .address(address, port: port)
  }
}

/// One element of `Forwarded`: what one proxy says.
private struct ForwardedElement {
  var client: String?
  var scheme: String?

  /// The elements of one field; what is malformed says nothing.
  static func parse(_ value: String) -> [ForwardedElement] {
    var elements: [ForwardedElement] = []
    for element in split(value[...], at: ",") {
      var parsed = ForwardedElement()
      for pair in split(element, at: ";") {
        guard let equals = pair.firstIndex(of: "=") else { continue }
        let value = unquoted(pair[pair.index(after: equals)...])
        switch pair[..<equals].filter({ $0 != " " && $0 != "\t" }).lowercased() {
        case "for": parsed.client = value
        case "proto": parsed.scheme = value
        default: break
        }
      }
      elements.append(parsed)
    }
    return elements
  }

  /// The parts between separators, which count only outside of quotation marks.
  private static func split(_ text: Substring, at separator: Character) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var isQuoted = false
    var isEscaped = false
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == separator, !isQuoted {
        parts.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    return (parts + [text[start...]]).filter { !$0.allSatisfy { $0 == " " || $0 == "\t" } }
  }

  /// A token or a quoted-string (RFC 9110, section 5.6.4).
  private static func unquoted(_ text: Substring) -> String {
    var value = text.drop { $0 == " " || $0 == "\t" }
    while value.last == " " || value.last == "\t" { value = value.dropLast() }
    guard value.count >= 2, value.first == "\"", value.last == "\"" else { return String(value) }
    var isEscaped = false
    return value.dropFirst().dropLast().reduce(into: "") { text, character in
      if !isEscaped, character == "\\" {
        isEscaped = true
      } else {
        text.append(character)
        isEscaped = false
      }
    }
  }
}
