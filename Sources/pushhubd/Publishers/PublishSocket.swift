import CLinux
import Glibc
import Runtime

/// The Unix socket that the daemon opens itself, where systemd gave it none.
struct PublishSocket {
  /// Why the socket cannot be opened, in words for the operator.
  struct Failure: Error, CustomStringConvertible {
    /// What another path could mend.
    enum Obstacle: Sendable {
      /// This user may not make a socket there.
      case forbidden
      /// Another process listens there.
      case taken
    }

    let description: String
    var obstacle: Obstacle?
  }

  let path: String
  let descriptor: CInt
  private let file: FileIdentity
  private let mode: mode_t
  private let group: gid_t?
  /// Made for this socket alone, and removed with it.
  private var directory: String?

  /// Opens the configured socket. Where the default path is not for this user, it is the user's own one; a hub for
  /// development gives way to others besides, down to a directory that it makes for itself.
  static func open(
    _ settings: Settings.Publish, environment: [String: String], isDevelopment: Bool
  ) throws(Failure) -> PublishSocket {
    let paths = [settings.socket, settings.fallbackSocket(environment: environment)].compactMap(\.self)
    var first: Failure?
    for path in paths {
      do throws(Failure) {
        return try open(path: path, mode: settings.mode, group: settings.group?.id)
      } catch {
        first = first ?? error
        guard error.obstacle == .forbidden || isDevelopment && error.obstacle == .taken else { throw error }
      }
    }
    guard isDevelopment, settings.socket == Settings.Publish.defaultSocket else {
      throw first ?? Failure(description: "no path for the publishers' socket")
    }
    return try openInOwnDirectory(settings, environment: environment)
  }

  private static func openInOwnDirectory(
    _ settings: Settings.Publish, environment: [String: String]
  ) throws(Failure) -> PublishSocket {
    let parent = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var name = Array("\(parent)/pushhub-XXXXXX".utf8CString)
    // mkdtemp(3) writes over the X, and nothing else.
    guard mkdtemp(&name) != nil else { throw failure("cannot make a directory in \(parent)") }
    let directory = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(Failure) {
      var socket = try open(path: directory + "/publish.sock", mode: settings.mode, group: settings.group?.id)
      socket.directory = directory
      return socket
    } catch {
      rmdir(directory)
      throw error
    }
  }

  /// Creates the socket. A stale one at the path, which nobody listens on, is removed; a live one and any other kind of
  /// file are left alone.
  static func open(path: String, mode: mode_t, group: gid_t?) throws(Failure) -> PublishSocket {
    let address = try unixAddress(path)
    try makeParent(of: path)
    // Two hubs that start at once would both see the same stale socket, and the slower one would remove the other's new
    // one: from the look to listen(2) only one of them is at work.
    let lock = lockDirectory(of: path)
    try removeStale(path, address)
    let socket = try bind(try unixSocket(), address, path: path, mode: mode, group: group)
    _ = consume lock
    return socket
  }

  /// Whether the file at the path is still this socket's.
  var isInPlace: Bool { FileIdentity(path) == file }

  /// The same anew, where the file is gone.
  func reopened() throws(Failure) -> PublishSocket {
    var socket = try Self.open(path: path, mode: mode, group: group)
    socket.directory = directory
    return socket
  }

  /// Removes the file, if it is still ours.
  func remove() {
    if isInPlace { unlink(path) }
    if let directory { rmdir(directory) }
  }

  private static func bind(
    _ socket: consuming Descriptor, _ address: sockaddr_un, path: String, mode: mode_t, group: gid_t?
  ) throws(Failure) -> PublishSocket {
    let descriptor = socket.number
    let before = umask(0o177)  // nobody else gets in before mode and group are right
    let isBound = withSocketAddress(address) { Glibc.bind(descriptor, $0, $1) } == 0
    let number = errno
    umask(before)
    guard isBound else { throw failure("cannot create the socket \(path)", number) }
    if let group, chown(path, uid_t.max, group) != 0 {
      let number = errno
      unlink(path)
      throw failure("cannot give the socket \(path) to the group \(group) (publish.group)", number)
    }
    guard chmod(path, mode) == 0, listen(descriptor, 4096) == 0, let file = FileIdentity(path) else {
      let number = errno
      unlink(path)
      throw failure("cannot listen on the socket \(path)", number)
    }
    return PublishSocket(path: path, descriptor: socket.giveAway(), file: file, mode: mode, group: group)
  }

  private static func makeParent(of path: String) throws(Failure) {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let parent = String(path[..<slash])
    if access(parent, F_OK) == 0 || mkdir(parent, 0o755) == 0 || errno == EEXIST { return }
    throw failure("cannot make the directory \(parent) of the socket")
  }

  /// Returns a descriptor whose end gives the lock back. Where the directory cannot be opened, or somebody holds the lock
  /// for longer than any hub does, it holds none: the lock protects hubs from each other, and must not keep one from
  /// starting.
  private static func lockDirectory(of path: String) -> Descriptor {
    let directory = Descriptor(Glibc.open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard directory.number >= 0 else { return directory }
    for _ in 0..<100 {
      if flock(directory.number, LOCK_EX | LOCK_NB) == 0 { break }
      usleep(20_000)
    }
    return directory
  }

  private static func unixSocket() throws(Failure) -> Descriptor {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = Descriptor(socket(AF_UNIX, kind, 0))
    guard socket.number >= 0 else { throw failure("cannot open a Unix socket") }
    return socket
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  private static func removeStale(_ path: String, _ address: sockaddr_un) throws(Failure) {
    var file = clinux_file()
    guard clinux_lstat(path, &file) == 0 else {
      if errno == ENOENT { return }
      throw failure("cannot look at \(path)")
    }
    guard file.is_socket != 0 else {
      throw Failure(
        description: "\(path) is there already and is no socket: remove it, or set publish.socket to another path")
    }
    let probe = try unixSocket()
    let result = withSocketAddress(address) { connect(probe.number, $0, $1) }
    if result == 0 || errno == EAGAIN || errno == EINPROGRESS {
      throw Failure(
        description: "another process listens on \(path) already: stop it, or set publish.socket to another path",
        obstacle: access(directory(of: path), W_OK) == 0 ? .taken : .forbidden)
    }
    guard errno == ECONNREFUSED else { throw failure("cannot tell whether \(path) is in use") }
    guard unlink(path) == 0 || errno == ENOENT else { throw failure("cannot remove the stale socket \(path)") }
  }

  private static func unixAddress(_ path: String) throws(Failure) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard !path.isEmpty, path.utf8.count < capacity, !path.utf8.contains(0) else {
      throw Failure(
        description: "the path of a Unix socket has 1 to \(capacity - 1) bytes; “\(path)” has \(path.utf8.count)")
    }
    // The guard above leaves room for a NUL; copyBytes checks it again.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return address
  }

  private static func withSocketAddress(
    _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    // A sockaddr_un begins as a sockaddr does; the calls read as many bytes as they are told and keep no pointer.
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private static func failure(_ text: String, _ number: CInt = errno) -> Failure {
    let isForbidden = [EACCES, EPERM, EROFS, ENOENT, ENOTDIR].contains(number)
    let advice = isForbidden ? "; set publish.socket to a path where this user may create one" : ""
    return Failure(
      description: "\(text): \(systemError(number))\(advice)", obstacle: isForbidden ? .forbidden : nil)
  }
}
