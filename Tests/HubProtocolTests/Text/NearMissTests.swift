import Testing

@testable import HubProtocol

struct NearMissTests {
  private static let names = [
    "http.listen", "http.base-path", "http.header-timeout", "stream.connection-timeout", "history.max-bytes",
    "shutdown.grace", "threads", "log.level", "log.target",
  ]

  @Test(
    arguments: [
      ("http.lisen", "http.listen"), ("http.litsen", "http.listen"), ("http.listenn", "http.listen"),
      ("HTTP_LISTEN", "http.listen"),
      ("listen", "http.listen"), ("http.base_path", "http.base-path"), ("thread", "threads"), ("treads", "threads"),
      ("log", nil), ("zzz", nil), ("", nil), ("grace", "shutdown.grace"), ("max-bytes", "history.max-bytes"),
      ("timeout", nil), ("http.header-timeuot", "http.header-timeout"),
    ] as [(String, String?)])
  func findsWhatWasProbablyMeant(word: String, guess: String?) {
    #expect(NearMiss.best(for: word, among: Self.names) == guess)
  }

  /// A part of a name is a guess, but not nearly that name.
  @Test(
    arguments: [("http.lisen", "http.listen"), ("listen", nil), ("target", nil), ("http.allowed", nil), ("", nil)]
      as [(String, String?)])
  func onlyASlipOfThePenIsClose(word: String, guess: String?) {
    #expect(NearMiss.closest(to: word, among: Self.names) == guess)
  }

  @Test func aLongWordCostsNoMore() {
    #expect(NearMiss.best(for: String(repeating: "x", count: 1_000_000), among: ["threads"]) == nil)
  }
}
