import Foundation
import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct StateStoreTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

  private func grant(_ user: String, _ topic: String, until expiry: Int64? = nil) throws -> StandingTopic {
    StandingTopic(user: try #require(UserID(user)), topic: try #require(TopicName(topic)), expiresAt: expiry)
  }

  private func open(now: Int64 = 10) throws -> (store: StateStore, contents: StateStore.Contents) {
    let store = try #require(StateStore(inOneOf: [directory]))
    return (store, try #require(try store.open(now: now)))
  }

  @Test func whatWasWrittenIsThereAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let grants = [
      try grant("42", "a"), try grant("42", "user:43"), try grant("e\u{301}", "a"), try grant("\u{E9}", "a", until: 50),
      try grant("gone", "a", until: 20),
    ]
    try open().store.add(grants, now: 10)
    try open().store.add([try grant("42", "a", until: 100)], now: 10)
    try open().store.remove([try #require(TopicName("user:43"))], from: try #require(UserID("42")))
    let kept = Set(try open(now: 20).contents.standingTopics)
    #expect(kept == [try grant("42", "a", until: 100), grants[2], grants[3]])
  }

  @Test func whatWasTakenIsTakenAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let user = { name in try #require(UserID(name)) }
    let revoked = Revocation(user: try user("42"), issuedBefore: .max, revokedUntil: 100)
    let blocked = Revocation(user: try user("e\u{301}"), issuedBefore: 7, revokedUntil: 15, blockedUntil: .max)
    let store = try open().store
    let over = Revocation(user: try user("over"), revokedUntil: 12, blockedUntil: 20)
    for revocation in [revoked, blocked, over, Revocation(user: try user("back"), blockedUntil: 90)] {
      try store.keep(revocation, now: 10)
    }
    try store.keep(Revocation(user: try user("back")), now: 10)
    try store.keep(revoked, now: 10)
    #expect(Set(try open(now: 20).contents.revocations) == [revoked, blocked])
    #expect(try open(now: 100).contents.revocations == [blocked])
  }

  @Test func aFileThatIsNoDatabaseIsPutAside() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/state.sqlite"
    try Data("this is no database, and long enough to be seen as none".utf8).write(to: URL(filePath: path))
    let contents = try open().contents
    #expect(contents.standingTopics == [] && contents.problem?.contains("is damaged") == true)
    #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
  }

  @Test func theFirstDirectoryThatHasAStoreIsTaken() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let other = directory + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try open().store.add([try grant("42", "a")], now: 10)
    let contents = try StateStore(inOneOf: [other, directory])?.open(now: 10)
    #expect(try #require(contents).standingTopics == [try grant("42", "a")] && contents?.problem == nil)
    #expect(StateStore(inOneOf: []) === nil)
  }

  /// SQLite would go on writing into a file that nobody finds again.
  @Test func whatIsWrittenIntoAFileThatIsGoneIsRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store = try open().store
    try store.add([try grant("42", "a")], now: 10)
    let path = directory + "/state.sqlite"
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: Database.Failure.self) { try store.add([try grant("42", "b")], now: 10) }
    try Data().write(to: URL(filePath: path))
    #expect(throws: Database.Failure.self) { try store.add([try grant("42", "b")], now: 10) }
  }

  @Test func onlyTheHubsUserMayRead() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store = try open().store
    try store.add([try grant("42", "a")], now: 10)
    for suffix in ["", "-wal"] {
      let path = directory + "/state.sqlite" + suffix
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
      #expect(mode == 0o600)
    }
  }

  /// What cannot be kept is refused, and known as soon as it can be.
  @Test func aStoreThatCannotBeOpenedIsTriedAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try open().store.add([try grant("42", "a")], now: 10)
    let away = directory + ".away"
    try FileManager.default.moveItem(atPath: directory, toPath: away)
    let store = try #require(StateStore(inOneOf: [directory]))
    #expect(throws: Database.Failure.self) { try store.open(now: 10) }
    #expect(throws: Database.Failure.self) { try store.add([try grant("42", "b")], now: 10) }
    try FileManager.default.moveItem(atPath: away, toPath: directory)
    #expect(try store.open(now: 10)?.standingTopics == [try grant("42", "a")])
    let again = try store.open(now: 10)
    #expect(again == nil, "it is told once")
  }
}
