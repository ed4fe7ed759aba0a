import COpenSSL

/// What OpenSSL could not do.
struct CryptographyError: Error, CustomStringConvertible {
  let description: String

  /// The latest of what OpenSSL says on this thread; nothing of it is left.
  static func ofOpenSSL() -> CryptographyError {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    let reason = ERR_reason_error_string(code).map { String(cString: $0) }
    return CryptographyError(description: reason ?? "no reason given")
  }
}
