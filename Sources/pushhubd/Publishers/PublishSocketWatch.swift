import Glibc
import Runtime
import Synchronization

/// Looks now and then whether publishers can still find their socket.
///
/// Its file may be removed under a running hub, by a clean-up of `/run` or by another program: then nobody can connect any
/// more, and nothing else shows it. A socket that the hub made it makes anew; one that was passed to it, it can only tell
/// of.
final class PublishSocketWatch: Sendable {
  /// Milliseconds.
  static let interval: Int64 = 1_000
  /// After an attempt that failed: each one asks whoever has taken the path.
  private static let pause: Int64 = 10_000

  enum Finding: Equatable, Sendable {
    /// With what is in the way of making it anew; nil: it was passed to the hub, which cannot.
    case gone(String?)
    /// Made anew; to be listened on instead of the one before.
    case reopened(CInt)
    /// The file came back by itself.
    case back
  }

  private enum Socket {
    case own(PublishSocket)
    case passed(FileIdentity)

    func isInPlace(_ path: String) -> Bool {
      switch self {
      case .own(let socket): socket.isInPlace
      case .passed(let file): FileIdentity(path) == file
      }
    }
  }

  private struct State {
    var socket: Socket
    var isGone = false
    /// The hub ends, and has removed what it made.
    var isRemoved = false
    var nextAttempt: Int64 = 0
  }

  let path: String
  private let state: Mutex<State>

  init(_ socket: PublishSocket) {
    path = socket.path
    state = Mutex(State(socket: .own(socket)))
  }

  /// nil where it has no file that this process can see: there is nothing to look at.
  init?(passed descriptor: CInt) {
    guard let path = socketPath(of: descriptor), let file = FileIdentity(path) else { return nil }
    self.path = path
    state = Mutex(State(socket: .passed(file)))
  }

  /// For the status line, while publishers cannot connect.
  var problem: String? { state.withLock { $0.isGone } ? "publishers cannot connect: \(path) is gone" : nil }

  /// - Parameter now: milliseconds of the monotonic clock.
  func look(now: Int64) -> Finding? {
    state.withLock { state in
      guard !state.isRemoved else { return nil }
      guard !state.socket.isInPlace(path) else {
        defer { state.isGone = false }
        return state.isGone ? .back : nil
      }
      guard case .own(let socket) = state.socket else {
        defer { state.isGone = true }
        return state.isGone ? nil : .gone(nil)
      }
      guard now >= state.nextAttempt else { return nil }
      do throws(PublishSocket.Failure) {
        let socket = try socket.reopened()
        state.socket = .own(socket)
        state.isGone = false
        return .reopened(socket.descriptor)
      } catch {
        state.nextAttempt = now + Self.pause
        defer { state.isGone = true }
        return state.isGone ? nil : .gone(error.description)
      }
    }
  }

  /// The end of the hub: removes what it made. Only the first call does: after it another hub's may have got our inode.
  func remove() {
    state.withLock { state in
      guard !state.isRemoved else { return }
      state.isRemoved = true
      if case .own(let socket) = state.socket { socket.remove() }
    }
  }
}
