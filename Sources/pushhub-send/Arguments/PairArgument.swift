import HubProtocol

/// An argument that is a member of the payload's object: `name=text` or `name:=JSON`.
struct PairArgument: Equatable {
  enum Value: Equatable {
    case text([UInt8])
    case json([UInt8])
  }

  var name: String
  /// The bytes as they were given, which need not be UTF-8.
  var value: Value

  /// - Returns: nil unless the argument begins with `[A-Za-z_][A-Za-z0-9_.-]*` and then `=` or `:=`, as no JSON does.
  init?(_ argument: [UInt8]) {
    let name = argument.prefix(while: Self.isPartOfName)
    guard let first = name.first, !first.isDigit, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
      return nil
    }
    self.name = String(decoding: name, as: UTF8.self)
    let rest = argument[name.endIndex...]
    if rest.first == UInt8(ascii: "=") {
      value = .text(Array(rest.dropFirst()))
    } else if rest.starts(with: ":=".utf8) {
      value = .json(Array(rest.dropFirst(2)))
    } else {
      return nil
    }
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
    default: byte.isDigit
    }
  }
}
