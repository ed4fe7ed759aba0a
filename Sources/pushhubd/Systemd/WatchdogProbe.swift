internal import NIOCore

/// Something that can hang and then makes the hub useless: a stream shard, an event loop, the pool of Swift's tasks.
protocol WatchdogProbe: Sendable {
  /// Names the loop in the log if it does not answer.
  var name: String { get }

  /// Lets the loop itself call `answered`, once, as soon as it gets to it. Must not wait for that.
  func ping(_ answered: @escaping @Sendable () -> Void)
}

/// An event loop of the HTTP server or of the publishers' socket.
struct EventLoopProbe: WatchdogProbe {
  let name: String
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop, name: String) {
    self.eventLoop = eventLoop
    self.name = name
  }

  func ping(_ answered: @escaping @Sendable () -> Void) {
    eventLoop.execute(answered)
  }
}

/// The threads on which Swift runs tasks. A task that blocks holds one of them.
struct TaskPoolProbe: WatchdogProbe {
  let name = "the task pool"

  func ping(_ answered: @escaping @Sendable () -> Void) {
    Task.detached { answered() }
  }
}
