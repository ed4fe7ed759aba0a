import Glibc
import Runtime
import Testing

@testable import pushhubd

/// A client's end of a socket. Reading waits for what is to come, and gives up after a time that no test needs.
final class TestSocket {
  let descriptor: CInt

  init(_ descriptor: CInt) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Connected to the other descriptor, which is the hub's: non-blocking.
  static func pair() throws -> (client: TestSocket, hub: CInt) {
    var pair: [CInt] = [-1, -1]
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0 else { throw SystemCallError("socketpair") }
    _ = fcntl(pair[1], F_SETFL, O_NONBLOCK)
    return (TestSocket(pair[0]), pair[1])
  }

  /// Where a socket listens, of whatever kind it is.
  struct Address {
    private var storage = sockaddr_storage()
    private var size = socklen_t(MemoryLayout<sockaddr_storage>.size)

    init(of listener: CInt) throws {
      // Every kind of address begins as a sockaddr does; getsockname(2) writes no more than `size`.
      let result = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
      }
      guard result == 0 else { throw SystemCallError("getsockname") }
    }

    func connect() throws -> TestSocket {
      let client = TestSocket(socket(CInt(storage.ss_family), CInt(SOCK_STREAM.rawValue), 0))
      // connect(2) reads no more than `size`.
      let result = withUnsafePointer(to: storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(client.descriptor, $0, size) }
      }
      guard result == 0 else { throw SystemCallError("connect") }
      return client
    }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    guard Glibc.send(descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL)) == text.utf8.count else {
      throw SystemCallError("send")
    }
  }

  /// Nothing more is sent.
  func endOutput() { shutdown(descriptor, CInt(SHUT_WR)) }

  /// What is there now; nil at the end.
  func received() -> String? {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    return count == 0 ? nil : String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  /// All up to this text, or to the end where it does not come.
  func receive(through end: String? = nil) -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while end.map({ !text.contains($0) }) ?? true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0 { Issue.record("nothing more comes: \(systemError(errno)); until then: \(text)") }
      guard count > 0 else { break }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    return text
  }
}
