/// Why something was not done: a line for a person, and the code for the shell.
struct Failure: Error, Equatable {
  var code: ExitCode
  var message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message as it goes to standard error: one line, whatever a hub or a file name put into it.
  static func line(_ message: String) -> [UInt8] {
    var line = Array("pushhub-send: ".utf8)
    for scalar in message.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      line.append(contentsOf: String(isControl ? "?" : scalar).utf8)
    }
    line.append(0x0A)
    return line
  }
}
