import Glibc

enum SystemError {
  /// What strerror(3) says of an errno.
  static func text(_ error: Int32) -> String { strerror(error).map { String(cString: $0) } ?? "error \(error)" }
}
