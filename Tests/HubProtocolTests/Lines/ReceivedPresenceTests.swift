import HubProtocol
import Testing

private func read(_ line: String) -> ReceivedPresence? { ReceivedPresence(Array(line.utf8)) }

@Test func presenceNamesAUserAndPerhapsATopic() throws {
  let present = try #require(read("PRESENT 42"))
  #expect(present.action == .present && present.place.user.text == "42" && present.place.topic == nil)
  let joined = try #require(read("JOIN a%20b%2C orders/42%25"))
  #expect(joined.action == .join && joined.place.user.text == "a b," && joined.place.topic?.text == "orders/42%")
  #expect(try #require(read("LEAVE 42")).action == .leave)
}

/// They look the same, and are two users.
@Test func usersAreToldApartByTheirBytes() throws {
  #expect(try #require(read("JOIN \u{E9}")).place != #require(read("JOIN e\u{301}")).place)
}

@Test(arguments: ["", "JOIN", "PRESENT ", "JOIN a b c", "JOIN %", "JOIN %0A", "JOIN a *", "OK 1", "JOINED a"])
func whatNoHubWritesIsNoPresence(line: String) { #expect(read(line) == nil) }
