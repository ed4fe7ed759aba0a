/// One line that the hub answered.
enum Reply: Equatable {
  /// What stood after `OK`.
  case accepted([UInt8])
  case refused(Refusal)

  /// The code and the text of `ERR <code> <message>`.
  struct Refusal: Equatable {
    var code: String
    var message: String

    var failure: Failure { Failure(exitCode, message.isEmpty ? code : "\(code): \(message)") }

    private var exitCode: ExitCode {
      switch code {
      // The same line may be taken later.
      case "rate-limited", "overloaded", "draining": .tryAgain
      case "forbidden": .noPermission
      // It has to be corrected.
      default: .badData
      }
    }
  }

  /// - Parameter line: without its line break.
  /// - Returns: nil where no hub answers so.
  init?(line: [UInt8]) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
    let rest = parts.count > 1 ? parts[1] : []
    switch parts.first.map({ String(decoding: $0, as: UTF8.self) }) {
    case "OK": self = .accepted(Array(rest))
    case "ERR" where !rest.isEmpty:
      let words = rest.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
      guard let code = words.first else { return nil }
      self = .refused(Refusal(code: code, message: words.count > 1 ? words[1] : ""))
    default: return nil
    }
  }
}
