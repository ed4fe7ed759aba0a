import HubCore
import HubProtocol

/// What a request line points at (RFC 9112 section 3.2), its path split and decoded.
struct RequestTarget: Sendable, Hashable {
  /// The path's segments, percent-decoded: `/sse/users/a%2Fb` is `sse`, `users`, `a/b`. Empty segments stay.
  let segments: [String]
  /// The text behind the question mark, as it came.
  let query: String?
  /// The host of the absolute form, which then stands for the field `Host`.
  let authority: String?
  /// `*`, of `OPTIONS`.
  let isAsterisk: Bool

  /// Nil for what is no target, or has an escape that is no escape or does not make UTF-8.
  init?(_ text: String) {
    isAsterisk = text == "*"
    if isAsterisk {
      (segments, query, authority) = ([], nil, nil)
      return
    }
    let bytes = text.utf8.span
    guard bytes.isPrintable else { return nil }
    var start = 0
    if bytes.first == UInt8(ascii: "/") {
      authority = nil
    } else {
      guard let place = bytes.authority else { return nil }
      authority = bytes.text(in: place)
      start = place.upperBound
    }
    let end = bytes.index(of: UInt8(ascii: "?"), in: start..<bytes.count)
    query = end < bytes.count ? bytes.text(in: (end + 1)..<bytes.count) : nil
    guard let segments = Self.segments(of: bytes, in: min(start + 1, end)..<end) else { return nil }
    self.segments = segments
  }

  /// - Parameter path: without the slash that it begins with.
  private static func segments(of bytes: Span<UInt8>, in path: Range<Int>) -> [String]? {
    var segments: [String] = []
    segments.reserveCapacity(4)
    var start = path.lowerBound
    while true {
      let end = bytes.index(of: UInt8(ascii: "/"), in: start..<path.upperBound)
      guard let segment = bytes.extracting(start..<end).percentDecoded() else { return nil }
      segments.append(segment)
      guard end < path.upperBound else { return segments }
      start = end + 1
    }
  }

  /// The names of the query's parameters; those whose escapes do not make UTF-8 are left out.
  var parameterNames: [String] {
    guard let query else { return [] }
    return query.utf8.split(separator: UInt8(ascii: "&")).compactMap { field in
      field.prefix { $0 != UInt8(ascii: "=") }.span.percentDecoded(plusIsBlank: true)
    }
  }

  /// The first value of a parameter of the query (`application/x-www-form-urlencoded`), nil if there is none.
  ///
  /// Throws where its escapes do not make UTF-8.
  func parameter(_ name: String) throws(Problem) -> String? { try parameters(name, atMost: 1).first }

  /// All values of a parameter, or the first so many.
  func parameters(_ name: String, atMost limit: Int = .max) throws(Problem) -> [String] {
    guard let query else { return [] }
    var values: [String] = []
    for field in query.utf8.split(separator: UInt8(ascii: "&")) where values.count < limit {
      let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts[0].span.percentDecoded(plusIsBlank: true)?.hasSameBytes(as: name) == true else { continue }
      guard parts.count == 2 else {
        values.append("")
        continue
      }
      guard let value = parts[1].span.percentDecoded(plusIsBlank: true) else {
        throw Problem(.malformedRequest, "The query's \(name) is not percent-encoded UTF-8.")
      }
      values.append(value)
    }
    return values
  }
}

extension Span<UInt8> {
  fileprivate var first: UInt8? { isEmpty ? nil : self[0] }

  /// Whether all of it is ASCII that may stand in a request's target: no blank, control character or `#`.
  fileprivate var isPrintable: Bool {
    for index in indices {
      switch self[index] {
      case UInt8(ascii: "#"): return false
      case 0x21...0x7E: continue
      default: return false
      }
    }
    return true
  }

  /// Where the host of the absolute form stands, `http://host/path`, which every server has to accept (RFC 9112 section
  /// 3.2.2).
  fileprivate var authority: Range<Int>? {
    for scheme in ["http://", "https://"] where hasPrefix(scheme) {
      let start = scheme.utf8.count
      var end = start
      while end < count, self[end] != UInt8(ascii: "/"), self[end] != UInt8(ascii: "?") { end += 1 }
      return start..<end
    }
    return nil
  }

  /// - Parameter word: in small letters; the bytes, which are printable, may have others.
  private func hasPrefix(_ word: String) -> Bool {
    let word = word.utf8.span
    guard count >= word.count else { return false }
    for index in word.indices where word[index] != self[index] | 0x20 { return false }
    return true
  }

  /// A range of what is known to be ASCII.
  fileprivate func text(in range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
