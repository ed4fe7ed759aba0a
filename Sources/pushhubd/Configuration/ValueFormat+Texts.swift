import HubCore
import HubProtocol
import Logging
import Runtime

/// Texts and names.
extension ValueFormat where Value == String {
  /// The path below which the endpoints are: begins with `/`, and loses one at its end.
  static var basePath: ValueFormat {
    ValueFormat("path") { (text, _) throws(ValueProblem) in
      if text.isEmpty || text == "/" { return "/" }
      guard text.first == "/" else {
        throw ValueProblem("\(quoted(text)) does not begin with a slash: write a path such as /sse, or / for none")
      }
      let path = text.last == "/" ? text.dropLast() : text[...]
      let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      guard segments.allSatisfy(isSegment) else {
        throw ValueProblem(
          "\(quoted(text)) is no base path: between the slashes write letters, digits, “-”, “.”, “_” and “~”, such as /api/sse"
        )
      }
      return String(path)
    } write: {
      $0
    }
  }

  /// Without `%`, so that a path has one form only, and neither `.` nor `..`, which clients take out.
  private static func isSegment(_ segment: Substring) -> Bool {
    !segment.isEmpty && segment != "." && segment != ".."
      && segment.utf8.allSatisfy { $0.isLetterOrDigit || "-._~".utf8.contains($0) }
  }

  /// The path of a Unix socket, which has to fit `sockaddr_un` (unix(7)).
  static var socketPath: ValueFormat {
    let maxBytes = 107
    return ValueFormat("path", isFreeText: true) { (text, _) throws(ValueProblem) in
      let path = try line(text, maxBytes: maxBytes)
      guard !path.isEmpty, path.last != "/" else {
        throw ValueProblem("\(quoted(text)) names no file: write a path such as \(Settings.Publish.defaultSocket)")
      }
      return path
    } write: {
      $0
    }
  }

  /// A text for people, which may be empty.
  static var message: ValueFormat {
    ValueFormat("text", isFreeText: true) { (text, _) throws(ValueProblem) in
      try line(text, maxBytes: 1024)
    } write: {
      $0
    }
  }
}

extension ValueFormat where Value == String? {
  /// Empty for none.
  static var optionalText: ValueFormat {
    ValueFormat("text", isFreeText: true) { (text, _) throws(ValueProblem) in
      let text = try line(text, maxBytes: 1024)
      return text.isEmpty ? nil : text
    } write: {
      $0 ?? ""
    }
  }

  /// A cookie's name, a token of RFC 9110 section 5.6.2; empty for none.
  static var cookieName: ValueFormat {
    optionalName("cookie name", characters: "!#$%&'*+-.^_`|~", example: "pushhub_token")
  }

  /// The name of a query parameter, of characters that are never escaped (RFC 3986 section 2.3); empty for none.
  static var parameterName: ValueFormat { optionalName("parameter name", characters: "-._~", example: "access_token") }

  private static func optionalName(_ kind: String, characters: String, example: String) -> ValueFormat {
    ValueFormat("name", isFreeText: true) { (text, _) throws(ValueProblem) in
      let isName = text.utf8.count <= 128 && text.utf8.allSatisfy { $0.isLetterOrDigit || characters.utf8.contains($0) }
      guard isName else {
        throw ValueProblem("\(quoted(text)) is no \(kind): write one such as \(example), or nothing to switch it off")
      }
      return text.isEmpty ? nil : text
    } write: {
      $0 ?? ""
    }
  }

  /// A path, which may begin with `$CREDENTIALS_DIRECTORY/`; nothing is the same as the credential `jwt-key`, nil.
  static var keyFile: ValueFormat {
    let prefix = "$CREDENTIALS_DIRECTORY/"
    return ValueFormat("path", isFreeText: true) { (text, surroundings) throws(ValueProblem) in
      let path = try line(text, maxBytes: 4095)
      guard path.hasPrefix("$") else { return path.isEmpty ? nil : path }
      guard path.hasPrefix(prefix) else {
        throw ValueProblem("\(quoted(text)) begins with a variable: write a path, or \(prefix)NAME")
      }
      let name = String(path.dropFirst(prefix.count))
      if name == Settings.Auth.credential { return nil }
      guard let path = Credential.path(named: name, environment: surroundings.environment) else {
        throw ValueProblem(
          "\(quoted(text)) is a credential, and systemd gave none: add LoadCredential= to the service, or write a path")
      }
      return path
    } write: {
      $0 ?? prefix + Settings.Auth.credential
    }
  }
}

extension ValueFormat where Value == NamedGroup? {
  /// A group by its name or number; empty for none.
  static var group: ValueFormat {
    ValueFormat("group") { (text, surroundings) throws(ValueProblem) in
      guard !text.isEmpty else { return nil }
      return NamedGroup(name: text, id: try SystemAccount.group(text, surroundings))
    } write: {
      $0?.name ?? ""
    }
  }
}

/// Users and groups of the system, by name or by number.
enum SystemAccount {
  static func user(_ text: String, _ surroundings: Surroundings) throws(ValueProblem) -> UInt32 {
    guard let id = number(text) ?? surroundings.userID(text) else {
      throw ValueProblem("the system has no user \(quoted(text)): write the name of one, or its number")
    }
    return id
  }

  static func group(_ text: String, _ surroundings: Surroundings) throws(ValueProblem) -> UInt32 {
    guard let id = number(text) ?? surroundings.groupID(text) else {
      throw ValueProblem("the system has no group \(quoted(text)): write the name of one, or its number")
    }
    return id
  }

  /// The largest number is no id but stands for “leave as it is” (chown(2)).
  private static func number(_ text: String) -> UInt32? {
    guard text.utf8.allSatisfy(\.isDigit), let number = UInt32(text), number < .max else {
      return nil
    }
    return number
  }
}

extension ValueFormat where Value: Equatable {
  /// One of a few words.
  static func choice(_ cases: [(word: String, value: Value)]) -> ValueFormat {
    let words = cases.map(\.word)
    let values = cases.map(\.value)
    return ValueFormat(words.joined(separator: ", ")) { (text, _) throws(ValueProblem) in
      if let index = words.firstIndex(of: text) { return values[index] }
      let guess = NearMiss.best(for: text, among: words).map { "; did you mean \($0)?" } ?? ""
      throw ValueProblem("\(quoted(text)) is none of \(words.joined(separator: ", "))\(guess)")
    } write: { value in
      values.firstIndex(of: value).map { words[$0] } ?? ""
    }
  }
}

extension ValueFormat where Value == [ListenAddress] {
  static var addresses: ValueFormat {
    ValueFormat(listOf: "addresses", atLeast: 1, atMost: 64) { (text, _) throws(ValueProblem) in
      try ListenAddress(text)
    } finish: { (addresses) throws(ValueProblem) in
      var seen: Set<ListenAddress> = []
      for address in addresses where address.port != 0 {
        guard seen.insert(address).inserted else { throw ValueProblem("\(address) is there twice: leave one out") }
      }
      return addresses
    } write: {
      $0.map(\.description)
    }
  }
}

extension ValueFormat where Value == [String] {
  /// Of a header field each, a token of RFC 9110 section 5.6.2.
  static var fieldNames: ValueFormat {
    ValueFormat(listOf: "header fields", isFreeText: true, atMost: 100) { (text, _) throws(ValueProblem) in
      guard text.utf8.count <= 128, text.utf8.allSatisfy({ $0.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }),
        text != "*"
      else { throw ValueProblem("\(quoted(text)) is no name of a header field: write one such as traceparent") }
      return text
    } finish: { names in
      names
    } write: {
      $0
    }
  }

  static var audiences: ValueFormat {
    ValueFormat(listOf: "texts", isFreeText: true, atMost: 100) { (text, _) throws(ValueProblem) in
      try line(text, maxBytes: 1024)
    } finish: { texts in
      texts
    } write: {
      $0
    }
  }

  static var origins: ValueFormat {
    ValueFormat(listOf: "origins", atMost: 1000) { (text, _) throws(ValueProblem) in
      try AllowedOrigin.normalized(text)
    } finish: { origins in
      origins
    } write: {
      $0
    }
  }
}

extension ValueFormat where Value == TrustedProxies {
  static var trustedProxies: ValueFormat {
    ValueFormat(listOf: "addresses and networks", atMost: 1000) { (text, _) throws(ValueProblem) in
      guard let entry = TrustedProxies.Entry(text) else {
        throw ValueProblem(
          "\(quoted(text)) is no proxy: write loopback, unix, an address such as 192.0.2.1, or a network such as "
            + "192.0.2.0/24 or 2001:db8::/32")
      }
      return entry
    } finish: { entries in
      TrustedProxies(entries: entries)
    } write: {
      $0.entries.map(\.text)
    }
  }
}

extension ValueFormat where Value == [TopicPattern] {
  static var topicPatterns: ValueFormat {
    ValueFormat(listOf: "topics", isFreeText: true, atMost: 100) { (text, _) throws(ValueProblem) in
      guard let pattern = TopicPattern(text) else {
        throw ValueProblem(
          "\(quoted(text)) is no topic: write a name of at most 128 bytes such as room/1, or room/* for all below room/"
        )
      }
      return pattern
    } finish: { patterns in
      patterns
    } write: {
      $0.map(\.text)
    }
  }
}

/// A text of one line.
private func line(_ text: String, maxBytes: Int) throws(ValueProblem) -> String {
  guard text.utf8.count <= maxBytes else {
    throw ValueProblem("\(quoted(text)) is too long: it takes at most \(maxBytes) bytes")
  }
  guard !text.unicodeScalars.contains(where: \.isControl) else {
    throw ValueProblem("\(quoted(text)) has a control character: it takes one line of plain text")
  }
  return text
}

extension ValueFormat where Value == String {
  /// The name of a claim; not empty.
  static var claimName: ValueFormat {
    ValueFormat("text", isFreeText: true) { (text, _) throws(ValueProblem) in
      let text = try line(text, maxBytes: 1024)
      guard !text.isEmpty else { throw ValueProblem("a claim has a name") }
      return text
    } write: {
      $0
    }
  }
}
