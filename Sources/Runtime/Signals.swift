import Glibc

/// The signals that tell the process what to do. Blocked for all of its threads, they wait until they are taken here.
package struct Signals: Sendable {
  private let numbers: [CInt]

  /// Call it before any thread starts: each takes over what is blocked.
  package init(_ numbers: [CInt]) {
    self.numbers = numbers
    var set = Self.set(of: numbers)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the next.
  package func next() -> CInt {
    var set = Self.set(of: numbers)
    var number: CInt = 0
    while sigwait(&set, &number) != 0 {}  // it can be interrupted, and nothing else
    return number
  }

  /// Waits for the next for so many milliseconds; nil where there is none.
  package func next(within milliseconds: Int) -> CInt? {
    var set = Self.set(of: numbers)
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let number = sigtimedwait(&set, nil, &time)
    return number > 0 ? number : nil
  }

  /// Ends the process as the signal does where nothing catches it.
  package static func die(of number: CInt) {
    signal(number, SIG_DFL)
    var set = Self.set(of: [number])
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }

  package static func name(of number: CInt) -> String {
    switch number {
    case SIGHUP: "SIGHUP"
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    default: "signal \(number)"
    }
  }

  private static func set(of numbers: [CInt]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    return set
  }
}
