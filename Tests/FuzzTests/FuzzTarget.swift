/// A reader of bytes that others write, fed with any bytes at all. It must neither trap nor hang, and whatever it makes
/// of them has to keep its promises: what does not is a `Broken`.
///
/// The same targets run as a test, over the committed corpora and seeded mutations of them, and under libFuzzer
/// (`scripts/fuzz`).
protocol FuzzTarget: Sendable {
  func run(_ input: [UInt8]) throws
}

/// A promise that was not kept.
struct Broken: Error, CustomStringConvertible {
  let description: String
}

func expect(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
  guard condition else { throw Broken(description: promise()) }
}

enum FuzzTargets {
  /// By name, which is that of the folder in `Corpora`.
  static let all: [String: any FuzzTarget] = [
    "line": LineTarget(), "request": HTTPTarget(), "head": HeadTarget(), "target": QueryTarget(),
    "token": TokenTarget(),
    "key": KeyTarget(), "configuration": ConfigurationTarget(),
  ]
}

extension Collection<UInt8> {
  /// Whether a log line, a header or a reply could hold these bytes and stay one.
  var isOneLine: Bool {
    String(decoding: self, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029: false
      default: true
      }
    }
  }
}
