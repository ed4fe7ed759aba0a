/// The watchdog's view of a loop that takes letters: a shard.
struct LoopProbe: WatchdogProbe {
  let name: String
  private let post: @Sendable (@escaping @Sendable () -> Void) -> Void

  /// - Parameter post: sends the loop a letter upon which it calls what is in it.
  init(name: String, post: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
    self.name = name
    self.post = post
  }

  func ping(_ answered: @escaping @Sendable () -> Void) { post(answered) }
}
