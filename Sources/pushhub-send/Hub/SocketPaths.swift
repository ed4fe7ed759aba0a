/// Where the hub's socket may be.
struct SocketPaths: Equatable {
  static let standard = "/run/pushhub/publish.sock"
  /// What `sockaddr_un` holds, less its final NUL.
  static let maxPathBytes = 107

  let preferred: String
  /// The socket of a hub that this user started, where `/run/pushhub` could not be made.
  let fallback: String?

  /// The option, else `PUSHHUB_SOCKET`, else the system's socket with the per-user one to fall back on. An empty variable
  /// counts as unset.
  init(option: String?, environment: [String: String]) throws(Failure) {
    if let path = option ?? Self.value("PUSHHUB_SOCKET", in: environment) {
      guard path.utf8.count <= Self.maxPathBytes else {
        throw Failure(.usage, "the path of a socket has at most \(Self.maxPathBytes) bytes: \(path)")
      }
      preferred = path
      fallback = nil
    } else {
      preferred = Self.standard
      let perUser = Self.value("XDG_RUNTIME_DIR", in: environment).map { $0 + "/pushhub/publish.sock" }
      // A path that does not begin with a slash is none, says the XDG Base Directory Specification.
      fallback = perUser.flatMap { $0.hasPrefix("/") && $0.utf8.count <= Self.maxPathBytes ? $0 : nil }
    }
  }

  /// A path that was found to be of use.
  init(only path: String) {
    preferred = path
    fallback = nil
  }

  private static func value(_ name: String, in environment: [String: String]) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
