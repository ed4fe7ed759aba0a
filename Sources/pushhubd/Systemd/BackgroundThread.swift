internal import CLinux
internal import Glibc

/// Starts threads for work that may block, and that must go on while every loop and the task pool are stuck.
enum BackgroundThread {
  /// The kernel keeps no longer names: pthread_setname_np(3).
  static let maxNameBytes = 15

  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a new, detached thread, which `ps -T` shows by its name. Returns false if there can be no more threads.
  static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

    let start = Unmanaged.passRetained(Start(name: String(name.prefix(maxNameBytes)), body: body))
    var thread = pthread_t()
    let result = pthread_create(&thread, &attributes, run, start.toOpaque())
    if result != 0 {
      start.release()
    }
    return result == 0
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
    guard let argument else {
      return nil
    }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    _ = clinux_name_thread(start.name)  // Only for people who look: nothing depends on it.
    start.body()
    return nil
  }
}
