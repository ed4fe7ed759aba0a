import HubProtocol
import Testing

private func read(_ line: String) -> ReceivedEvent? { ReceivedEvent(Array(line.utf8)) }

@Test func anEventIsReadAsItStands() throws {
  let event = try #require(read(#"EVENT 7-12 user:42 notice {"title": "hi"}"#))
  #expect((event.id, event.target, event.type) == ("7-12", "user:42", "notice"))
  #expect(event.form == .json && event.text == nil)
  #expect(event.json.elementsEqual(#"{"title": "hi"}"#.utf8))
  #expect(event.replace == nil && event.clear == nil)
}

@Test func namesAreDecodedAndTheirWordsKept() throws {
  let event = try #require(read("EVENT 7-12 user:a%2Cb%20%25 new%20type 1"))
  #expect(event.target == "user:a,b %" && event.targetWord == "user:a%2Cb%20%25")
  #expect(event.type == "new type" && event.typeWord == "new%20type")
}

@Test func aTextIsAJSONStringWithATag() throws {
  let event = try #require(read(#"@as=text EVENT 7-12 * token "a\nb""#))
  #expect(event.form == .text)
  #expect(try #require(event.text).elementsEqual("a\nb".utf8))
  #expect(event.json.elementsEqual(#""a\nb""#.utf8))
}

@Test func tagsThatAreNotKnownArePassedOver() throws {
  let event = try #require(read("@new=1;replace=order%2042%3B;empty;=;as=other EVENT 7-12 topic:orders state null"))
  #expect(event.replace == "order 42;" && event.clear == nil && event.form == .json)
  #expect(try #require(ReceivedEvent(Array("@clear=a EVENT 7-13 * state null".utf8))).clear == "a")
}

@Test(arguments: [
  "", "EVENT", "EVENT 7-12", "EVENT 7-12 *", "EVENT 7-12 * message", "EVENT 7-12 * message ", "OK 7-12 none",
  "ERR forbidden no", "@as=text", "@as=text EVENT 7-12 * message 5", #"@as=text EVENT 7-12 * message "\u0000""#,
  "EVENT 7-12 user:%0A message 1", "EVENT 7-12 user:%4 message 1", "EVENT 7-12 user:%FF message 1",
  "EVENT 7-12 * a%1Bb 1", "EVENT 7\u{9B} * message 1", "@replace=% EVENT 7-12 * message 1", "EVENTS 7-12 * message 1",
])
func whatNoHubWritesIsNoEvent(line: String) { #expect(read(line) == nil) }

@Test func whatIsNotUTF8IsNoEvent() {
  #expect(ReceivedEvent(Array("EVENT 7-12 * message ".utf8) + [0x22, 0xFF, 0x22]) == nil)
}
