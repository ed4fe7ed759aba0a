import Logging
import Testing

@testable import pushhubd

struct SettingsChangesTests {
  @Test func nothingChangedIsNoChange() { #expect(Settings().changes(from: Settings()).isEmpty) }

  @Test func everyChangeIsToldWithItsOldAndNewValue() {
    let settings = Settings.with {
      $0.log.level = .debug
      $0.http.allowedOrigins = ["https://a.example", "*"]
      $0.http.listen = [ListenAddress(host: "::1", port: 80)]
      $0.auth.cookie = nil
      $0.threads = 8
    }
    let changes = settings.changes(from: Settings())
    #expect(
      changes.live == [
        "http.allowed-origins: nothing -> https://a.example,*", "auth.cookie: pushhub_token -> nothing",
        "log.level: info -> debug",
      ])
    #expect(changes.needsRestart == ["http.listen: 127.0.0.1:8888 -> [::1]:80", "threads: auto -> 8"])
  }

  /// Of every key that can change at once, the new value counts; of the others the old one.
  @Test(arguments: SettingKeyTests.samples) func everyKeyIsOneOrTheOther(sample: SettingKeyTests.Sample) throws {
    let changes = sample.expected.changes(from: Settings())
    let isLive = try #require(sample.setting).effect == .atReload
    #expect(changes.live.count == (isLive ? 1 : 0) && changes.needsRestart.count == (isLive ? 0 : 1))
    #expect((changes.live + changes.needsRestart).allSatisfy { $0.hasPrefix("\(sample.key): ") })
    #expect(sample.expected.live(over: Settings()) == (isLive ? sample.expected : Settings()))
  }
}
