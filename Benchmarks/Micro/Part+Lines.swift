import HubCore
import HubProtocol

extension Part {
  static let lineParts = [
    Part(name: "parse", title: "split and parse a PUSH line") {
      let lines = Array(repeatElement(Samples.line, count: 64).joined())
      return { count in
        var reader = LineReader(maxLineBytes: 1 << 20)
        for _ in 0..<(count + 63) / 64 {
          reader.append(lines.span) { line in
            if case .complete(let bytes) = line { use(CommandParser.parse(bytes)) }
          }
        }
      }
    },
    Part(name: "json", title: "check 200 bytes of JSON") {
      { count in for _ in 0..<count { use(JSONScanner.validate(Samples.json)) } }
    },
  ]
}
