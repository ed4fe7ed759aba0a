import Glibc
import Runtime
import Synchronization
import Testing

@testable import pushhubd

/// Listens on `$NOTIFY_SOCKET` as systemd does. Only one at a time makes sense in a process.
final class ServiceManagerDouble {
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\0pushhub-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(result == 0)
    setenv("NOTIFY_SOCKET", "@" + String(decoding: name.dropFirst(), as: UTF8.self), 1)
  }

  deinit {
    unsetenv("NOTIFY_SOCKET")
    close(descriptor)
  }

  /// Sends itself messages, `FILLED`, until it has room for no more; returns how many.
  func fill() throws -> Int {
    let sender = Descriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
    var address = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length) == 0 && connect(sender.number, $0, length) == 0
      }
    }
    try #require(isConnected)
    var count = 0
    while send(sender.number, "FILLED", 6, 0) == 6 { count += 1 }
    return count
  }

  /// The next message, or nil if none comes in that many milliseconds.
  func receive(within milliseconds: Int32 = 5000) -> String? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, milliseconds) == 1 else {
      return nil
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count >= 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

/// Shards of whose loops nothing turns but the answers to pings, until it is told to hold them.
final class AnsweringShards: Sendable {
  private struct State {
    var isHolding = false
    var held: [Ping] = []
    var isStopped = false
  }

  private let shards: [Shard]
  private let state = Mutex(State())

  init(_ shards: [Shard]) throws {
    self.shards = shards
    for shard in shards { try LoopThread.start(named: "answering") { self.run(shard) } }
  }

  private func run(_ shard: Shard) {
    while !state.withLock({ $0.isStopped }) {
      var items: [ShardItem] = []
      guard shard.mailbox.exchange(&items) else {
        _ = shard.poller.wait(milliseconds: 100)
        continue
      }
      for case .ping(let ping) in items {
        let isHeld = state.withLock { state in
          if state.isHolding { state.held.append(ping) }
          return state.isHolding
        }
        if !isHeld { ping.answer() }
      }
    }
  }

  func hold() { state.withLock { $0.isHolding = true } }

  func release() {
    let held = state.withLock { state in
      state.isHolding = false
      defer { state.held = [] }
      return state.held
    }
    for ping in held { ping.answer() }
  }

  func stop() { state.withLock { $0.isStopped = true } }
}
