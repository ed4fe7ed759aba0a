import CLinux
import Glibc

/// A thread that runs one closure.
package enum LoopThread {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// `name` has at most 15 bytes.
  package static func start(named name: String, _ run: @escaping @Sendable () -> Void) throws(SystemCallError) {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    // The new thread takes the one reference that is passed to it.
    let body = Unmanaged.passRetained(Body(name, run))
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        _ = clinux_name_thread(body.name)  // a name is a help for whoever looks, no more
        body.run()
        return nil
      }, body.toOpaque())
    pthread_attr_destroy(&attributes)
    guard result == 0 else {
      body.release()
      throw SystemCallError("pthread_create", number: result)
    }
  }
}
