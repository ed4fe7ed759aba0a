import HubProtocol

/// Why something was not done: a line for a person, and the code for the shell.
struct Failure: Error, Equatable {
  var code: ExitCode
  var message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ refusal: CommandWriter.Refusal) { self.init(.badData, refusal.rawValue) }

  /// What the hub answered with `ERR`.
  init(code: String, message: String) {
    let exitCode: ExitCode =
      switch ErrorCode(rawValue: code) {
      // The same line may be taken later.
      case .rateLimited, .overloaded, .draining: .tryAgain
      case .forbidden: .noPermission
      // It has to be corrected.
      default: .badData
      }
    self.init(exitCode, message.isEmpty ? code : "\(code): \(message)")
  }

  /// The message as it goes to standard error: one line, whatever a hub or a file name put into it.
  static func line(_ message: String) -> [UInt8] {
    var line = Array("pushhub-send: ".utf8)
    for scalar in message.unicodeScalars {
      line.append(contentsOf: String(scalar.isControl ? "?" : scalar).utf8)
    }
    line.append(0x0A)
    return line
  }
}
