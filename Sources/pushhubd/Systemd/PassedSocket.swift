internal import CSystemd
internal import Glibc

/// A descriptor that the service manager passed, with its name and what it turned out to be.
struct PassedSocket: Equatable, Sendable {
  /// What a descriptor is, as far as the hub cares.
  enum Form: Equatable, Sendable {
    case listeningUnixStream
    case listeningTCP
    /// A socket of another family or type, or one that does not listen.
    case otherSocket
    case notASocket

    /// For a sentence that begins with "it is".
    var description: String {
      switch self {
      case .listeningUnixStream: "a listening Unix stream socket"
      case .listeningTCP: "a listening TCP socket"
      case .otherSocket: "a socket that does not listen, or is neither TCP nor a Unix stream"
      case .notASocket: "not a socket"
      }
    }
  }

  let descriptor: Int32
  /// `FileDescriptorName=` of the socket unit; the unit's own name where it has none.
  let name: String
  let form: Form

  init(descriptor: Int32, name: String, form: Form) {
    self.descriptor = descriptor
    self.name = name
    self.form = form
  }

  /// Asks the kernel what the descriptor is.
  init(descriptor: Int32, name: String) {
    self.init(descriptor: descriptor, name: name, form: Self.form(of: descriptor))
  }

  private static func form(of descriptor: Int32) -> Form {
    let stream = Int32(SOCK_STREAM.rawValue)
    if sd_is_socket_unix(descriptor, stream, 1, nil, 0) > 0 {
      return .listeningUnixStream
    }
    if sd_is_socket_inet(descriptor, AF_UNSPEC, stream, 1, 0) > 0 {
      return .listeningTCP
    }
    return sd_is_socket(descriptor, AF_UNSPEC, 0, -1) > 0 ? .otherSocket : .notASocket
  }
}
