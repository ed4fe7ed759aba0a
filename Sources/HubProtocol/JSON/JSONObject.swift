/// The members of one JSON object, found in one pass that also checks all of it; no value is taken apart.
package struct JSONObject: Sendable {
  package struct Member: Sendable {
    package let name: String
    package let value: JSONValue
  }

  /// In the order in which they stand. A member whose name holds an escaped surrogate on its own is left out: nobody
  /// can ask for it.
  package private(set) var members: [Member] = []
  /// A name that two members have, where there is one.
  package private(set) var duplicateName: String?
  /// Where each name stands, in an object that has more members than `maxSearchedMembers`.
  private var places: [MemberName: Int] = [:]

  /// So few members are looked through one by one, which is cheaper than to hash their names.
  private static let maxSearchedMembers = 8

  /// An object that the bytes consist of. Its members may be nested as deep as `JSONScanner.maxDepth`.
  package init(_ bytes: [UInt8]) throws(JSONError) {
    try self.init(bytes, in: 0..<bytes.count)
  }

  init(_ bytes: [UInt8], in range: Range<Int>) throws(JSONError) {
    let span = bytes.span.extracting(0..<range.upperBound)
    var scanner = JSONScanner(index: range.lowerBound)
    scanner.skipBlanks(span)
    guard scanner.byte(span) == UInt8(ascii: "{") else {
      // Says what is wrong with the JSON, if anything is, rather than with its kind.
      try scanner.skipValue(span, maxDepth: JSONScanner.maxDepth)
      try scanner.skipToEnd(span)
      throw JSONError(reason: .notAnObject, offset: range.lowerBound)
    }
    scanner.index += 1
    scanner.skipBlanks(span)
    if scanner.byte(span) == UInt8(ascii: "}") {
      scanner.index += 1
    } else {
      try readMembers(&scanner, span, of: bytes)
    }
    try scanner.skipToEnd(span)
  }

  /// The value of a member; of two with one name, the later.
  package subscript(name: String) -> JSONValue? {
    place(of: name).map { members[$0].value }
  }

  private mutating func readMembers(
    _ scanner: inout JSONScanner, _ span: Span<UInt8>, of bytes: [UInt8]
  ) throws(JSONError) {
    members.reserveCapacity(Self.maxSearchedMembers)
    while true {
      let name = try scanner.skipName(span)
      scanner.skipBlanks(span)
      let start = scanner.index
      try scanner.skipValue(span, maxDepth: JSONScanner.maxDepth)
      if let name = JSONStringDecoder.decode(name, of: span) {
        add(Member(name: name, value: JSONValue(at: start..<scanner.index, of: bytes)))
      }
      scanner.skipBlanks(span)
      switch scanner.byte(span) {
      case UInt8(ascii: ","): scanner.index += 1
      case UInt8(ascii: "}"):
        scanner.index += 1
        return
      default: throw scanner.missing(.missingComma, span)
      }
    }
  }

  private mutating func add(_ member: Member) {
    if duplicateName == nil, place(of: member.name) != nil { duplicateName = member.name }
    members.append(member)
    if members.count > Self.maxSearchedMembers { takeNoteOfPlaces() }
  }

  private func place(of name: String) -> Int? {
    guard places.isEmpty else { return places[MemberName(text: name)] }
    // By index, as a closure would be given a copy of each member.
    for place in members.indices.reversed() where members[place].name.hasSameBytes(as: name) { return place }
    return nil
  }

  private mutating func takeNoteOfPlaces() {
    for place in places.isEmpty ? members.indices : members.indices.suffix(1) {
      places[MemberName(text: members[place].name)] = place
    }
  }
}

/// A member's name, compared byte by byte.
private struct MemberName: ExactName {
  let text: String

  init(text: String) { self.text = text }
  init?(_ text: String) { self.text = text }
}
