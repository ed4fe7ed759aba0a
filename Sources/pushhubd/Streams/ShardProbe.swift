/// The watchdog's view of a shard.
struct ShardProbe: WatchdogProbe {
  let name: String
  private let shard: Shard

  init(_ shard: Shard, name: String) {
    self.shard = shard
    self.name = name
  }

  func ping(_ answered: @escaping @Sendable () -> Void) { shard.post(.ping(answered)) }
}
