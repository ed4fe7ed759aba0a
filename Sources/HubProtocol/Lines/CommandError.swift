/// Why a line is not a command that can be executed.
package struct CommandError: Error, Hashable, Sendable {
  package let code: ErrorCode
  /// For a person: what failed, and what would be right.
  package let message: String

  package init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }
}
