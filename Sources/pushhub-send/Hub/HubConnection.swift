import Glibc

/// A connection to the hub's publishers' socket.
struct HubConnection {
  /// The longest reply that is read; the figures of a very large hub stay far below.
  static let maxReplyBytes = 16 << 20
  static let chunkBytes = 64 << 10

  enum Received: Equatable {
    /// At least one.
    case bytes([UInt8])
    case nothingYet
    case closed
  }

  let path: String
  /// Non-blocking.
  let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Opens the first of the two sockets that can be opened.
  static func open(_ paths: SocketPaths, deadline: Deadline, timeout: Timeout) throws(Failure) -> HubConnection {
    let problem: ConnectProblem
    do throws(ConnectProblem) {
      return try connect(to: paths.preferred, deadline: deadline)
    } catch {
      problem = error
    }
    guard let fallback = paths.fallback, problem.isAbsence || problem.isRefusal else {
      throw problem.failure(alsoAbsent: nil, group: group(of: problem), timeout: timeout)
    }
    do throws(ConnectProblem) {
      return try connect(to: fallback, deadline: deadline)
    } catch {
      // A socket that is there, but of no use, says more than one that is not.
      let told = error.isAbsence ? problem : error
      throw told.failure(alsoAbsent: fallback, group: group(of: told), timeout: timeout)
    }
  }

  private static func group(of problem: ConnectProblem) -> String? {
    problem.isRefusal ? GroupName.mayOpen(problem.path) : nil
  }

  /// What is there to read.
  func receive() -> Received {
    var error: Int32 = 0
    // Just the bytes that read(2) wrote, at most the buffer's, are counted.
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
      let result = read(descriptor, buffer.baseAddress, Self.chunkBytes)
      error = result < 0 ? errno : 0
      count = max(result, 0)
    }
    switch error {
    case 0: return bytes.isEmpty ? .closed : .bytes(bytes)
    case EAGAIN, EINTR: return .nothingYet
    default: return .closed
    }
  }

  /// - Returns: how many of the bytes were taken, or nil if the hub takes no more. It may still have answered.
  func send(_ bytes: ArraySlice<UInt8>) -> Int? {
    // write(2) reads no more than the buffer, and keeps no pointer.
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Of no use after it. A process that needs the connection to its end leaves that to the system.
  func close() { Glibc.close(descriptor) }

  /// Connects, and waits for room in the hub's backlog until the deadline.
  ///
  /// For a Unix socket that wait cannot be had from poll(2): a non-blocking connect(2) to a full backlog fails at once
  /// with EAGAIN. A blocking one waits, for as long as SO_SNDTIMEO says (unix(7), socket(7)).
  private static func connect(to path: String, deadline: Deadline) throws(ConnectProblem) -> HubConnection {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ConnectProblem(path: path, error: errno) }
    var (address, size) = Self.address(path)
    var result: Int32
    repeat {
      let remaining = Int(max(1, deadline.remainingMilliseconds))
      var limit = timeval(tv_sec: remaining / 1_000, tv_usec: remaining % 1_000 * 1_000)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      // A sockaddr_un begins as a sockaddr does; connect(2) reads `size` bytes of it and keeps no pointer.
      result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
      }
    } while result < 0 && errno == EINTR
    guard result == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
      let error = errno
      Glibc.close(descriptor)
      throw ConnectProblem(path: path, error: error)
    }
    return HubConnection(path: path, descriptor: descriptor)
  }

  /// - Parameter path: of at most `SocketPaths.maxPathBytes` bytes.
  private static func address(_ path: String) -> (sockaddr_un, socklen_t) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // No more than fits, and one byte less: the rest stays zero. copyBytes checks it again.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(SocketPaths.maxPathBytes)) }
    return (address, socklen_t(MemoryLayout<sockaddr_un>.size))
  }
}
