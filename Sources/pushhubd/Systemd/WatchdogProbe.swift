/// Something that can hang and then makes the hub useless: a shard.
protocol WatchdogProbe: Sendable {
  /// Names the loop in the log if it does not answer.
  var name: String { get }

  /// Lets the loop itself call `answered`, once, as soon as it gets to it. Must not wait for that.
  func ping(_ answered: @escaping @Sendable () -> Void)
}
