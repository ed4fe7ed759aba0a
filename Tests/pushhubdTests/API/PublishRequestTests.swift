import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct PublishRequestTests {
  private static func described(_ target: Target) -> String {
    switch target {
    case .topic(let topic): described(topic)
    case .topics(let topics): "several(\(topics.map(described).joined(separator: ", ")))"
    case .connection(let id): id.description
    }
  }

  private static func described(_ topic: Topic) -> String {
    switch topic {
    case .everyone: "everyone"
    case .user(let user): "user(\(user))"
    case .named(let name): "topic(\(name))"
    }
  }

  private static func outcome(_ make: () throws(Problem) -> PublishRequest) -> String {
    do throws(Problem) {
      let request = try make()
      let message = request.message
      var text = "\(described(request.target)) \(message.type) \(String(decoding: message.data, as: UTF8.self))"
      if let key = message.key { text += " key=\(key)" }
      if let ttl = message.ttl { text += " ttl=\(ttl)" }
      switch message.value {
      case .replace(let name): text += " replace=\(name)"
      case .clear(let name): text += " clear=\(name)"
      case nil: break
      }
      if message.form == .text { text += " text" }
      return text
    } catch { return error.code.rawValue }
  }

  @Test(arguments: [
    (#"{"userId":42,"data":1}"#, "user(42) notification 1"),
    (
      #"{"userId":"42","eventType":"notice","data":{"b" : [1.0],"a":1e400}}"#,
      #"user(42) notice {"b" : [1.0],"a":1e400}"#
    ),
    (#" {"data" : null , "userId":-7} "#, "user(-7) notification null"),
    (#"{"userId":"a b","data":"\ud800"}"#, #"user(a b) notification "\ud800""#),
    (#"{"userId":1,"data":1,"key":"k","ttl":0}"#, "user(1) notification 1 key=k ttl=0"),
    (#"{"userId":1,"data":1,"key":null,"ttl":null,"eventType":null}"#, "user(1) notification 1"),
    (#"{"userId":1,"data":1,"other":{"x":[]}}"#, "unknown-member"),
    (#"{"userId":1,"data":1,"event":"notice"}"#, "unknown-member"),
    (#"{"userId":1,"data":1,"filter":{"userIds":[2]}}"#, "unknown-member"),
    (#"{"userId":1,"data":1,"\u0065ventType":"notice"}"#, "user(1) notice 1"),
    (#"{"userId":1,"data":{"a":1,"a":2}}"#, #"user(1) notification {"a":1,"a":2}"#),
    (#"{"topic":"a","data":1,"replace":"s"}"#, "topic(a) notification 1 replace=s"),
    (#"{"topic":"user:1","text":"a\nb","clear":"s"}"#, "topic(user:1) notification a\nb clear=s text"),
    (#"{"topics":["b","a","b"],"data":1}"#, "several(topic(b), topic(a)) notification 1"),
    (#"{"topics":["a","a"],"data":1,"replace":"s"}"#, "topic(a) notification 1 replace=s"),
    (#"{"userId":1,"data":1,"replace":"s","ttl":5}"#, "user(1) notification 1 ttl=5 replace=s"),
    (#"{"topic":"*","data":1}"#, "bad-topic"), (#"{"topics":["a/*"],"data":1}"#, "bad-topic"),
    (#"{"topic":"a","userId":1,"data":1}"#, "bad-member"), (#"{"topic":"a","data":1,"text":""}"#, "bad-member"),
    (#"{"topics":["a","b"],"data":1,"clear":"s"}"#, "bad-member"),
    (#"{"data":1}"#, "bad-member"), (#"{"userId":1}"#, "bad-member"), (#"{"userId":null,"data":1}"#, "bad-member"),
    (#"{"userId":1.5,"data":1}"#, "bad-member"), (#"{"userId":1e2,"data":1}"#, "bad-member"),
    (#"{"userId":"","data":1}"#, "bad-member"), (#"{"userId":[1],"data":1}"#, "bad-member"),
    (#"{"userId":1,"userId":2,"data":1}"#, "bad-member"), (#"{"userId":1,"data":1,"eventType":5}"#, "bad-member"),
    (#"{"userId":1,"data":1,"eventType":""}"#, "bad-event"),
    (#"{"userId":1,"data":1,"eventType":"a\nb"}"#, "bad-event"),
    (#"{"userId":1,"data":1,"eventType":"open"}"#, "reserved-event"),
    (#"{"userId":1,"data":1,"key":""}"#, "bad-member"),
    (#"{"userId":1,"data":1,"key":7}"#, "bad-member"), (#"{"userId":1,"data":1,"ttl":-1}"#, "bad-member"),
    (#"{"userId":1,"data":1,"ttl":1.0}"#, "bad-member"), (#"{"userId":1,"data":1,"ttl":"5"}"#, "bad-member"),
    (#"{"userId":1,"data":1,"ttl":31536000}"#, "user(1) notification 1 ttl=31536000"),
    (#"{"userId":1,"data":1,"ttl":31536001}"#, "bad-member"), (#"{"userId":1,"data":1,}"#, "bad-json"),
    ("[]", "bad-json"), ("", "bad-json"),
    (#"{"userId":1,"data":1} x"#, "bad-json"), ("{\"userId\":\"\u{0}\",\"data\":1}", "bad-json"),
  ])
  func sendNamesOneUser(body: String, outcome: String) {
    #expect(Self.outcome { () throws(Problem) in try PublishRequest(sending: Array(body.utf8)) } == outcome)
  }

  @Test(arguments: [
    (#"{"data":1}"#, "everyone broadcast 1"), (#"{"data":1,"filter":{}}"#, "bad-member"),
    (#"{"data":1,"filter":{"userIds":[]}}"#, "bad-member"), (#"{"userIds":[1],"data":1}"#, "unknown-member"),
    (#"{"userId":1,"data":1}"#, "unknown-member"), (#"{"Filter":{"userIds":[1]},"data":1}"#, "unknown-member"),
    (
      #"{"data":1,"filter":{"userIds":[1,2,3,4,5]}}"#,
      "several(user(1), user(2), user(3), user(4), user(5)) broadcast 1"
    ),
    (#"{"data":1,"filter":{"userIds":[1,2,3,4,5,6]}}"#, "bad-member"),
    (#"{"data":1,"eventType":"x","filter":{"userIds":[42,"43",42,"42"]}}"#, "several(user(42), user(43)) x 1"),
    (#"{"data":1,"filter":null}"#, "bad-member"), (#"{"data":1,"filter":[]}"#, "bad-member"),
    (#"{"data":1,"filter":{"userIds":null}}"#, "bad-member"), (#"{"data":1,"filter":{"userIds":42}}"#, "bad-member"),
    (#"{"data":1,"filter":{"userIds":{}}}"#, "bad-member"), (#"{"data":1,"filter":{"userIds":[[]]}}"#, "bad-member"),
    (#"{"data":1,"filter":{"userIds":[4.5]}}"#, "bad-member"),
    (#"{"data":1,"filter":{"userids":[42]}}"#, "unknown-member"),
    (#"{"data":1,"filter":{"userIds":[],"userIds":[1]}}"#, "bad-member"),
    (#"{"data":1,"filter":{"userIds":[1],"x":1}}"#, "unknown-member"), (#"{"data":1,"filter":"x"}"#, "bad-member"),
    (#"{"filter":{}}"#, "bad-member"),
  ])
  func broadcastReachesEveryoneOnlyWhenThatIsClear(body: String, outcome: String) {
    #expect(
      Self.outcome { () throws(Problem) in try PublishRequest(broadcasting: Array(body.utf8), maxUsers: 5) } == outcome)
  }

  /// What the refusal of an unknown member says was meant.
  @Test(arguments: [
    (RequestObject.broadcast, "userIds", "filter.userIds"), (.broadcast, "user_ids", "filter.userIds"),
    (.broadcast, "userId", "filter.userIds"), (.send, "event", "eventType"), (.send, "event_type", "eventType"),
    (.send, "eventtype", "eventType"), (.send, "user", "userId"), (.send, "payload", "data"), (.send, "date", "data"),
    (.send, "userIds", "userId (for several users: /broadcast with filter.userIds)"), (.filter, "userids", "userIds"),
    (.filter, "users", "userIds"), (.broadcast, "idempotency_key", "key"), (.disconnect, "reasons", "reason"),
  ])
  func anUnknownMemberIsRefusedWithWhatWasMeant(object: RequestObject, name: String, meant: String) {
    let problem = object.unknown(name)
    #expect(problem.code == .unknownMember)
    #expect(problem.detail.hasSuffix(" is unknown here; did you mean \(meant)?"))
  }

  @Test func anUnknownMemberThatIsLikeNothingIsRefusedWithWhatThereIs() {
    #expect(
      RequestObject.send.unknown("zzz").detail
        == "The member zzz is unknown here: there are userId, topic, topics, eventType, "
        + "data, text, key, ttl, replace, clear.")
    #expect(RequestObject.send.unknown(String(repeating: "x", count: 5000)).detail.utf8.count < 200)
  }

  @Test func dataMayNest512Deep() {
    func body(_ depth: Int) -> [UInt8] {
      Array(#"{"data":"#.utf8) + [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth) + [
        0x7D
      ]
    }
    #expect(throws: Never.self) { try PublishRequest(broadcasting: body(512), maxUsers: 5) }
    #expect(
      Self.outcome { () throws(Problem) in try PublishRequest(broadcasting: body(513), maxUsers: 5) } == "bad-json")
  }

  @Test(arguments: [
    ("", nil), ("{}", nil), (#"{"reason":"bye"}"#, "bye"), (#"{"reason":null}"#, nil), (#"{"reason":""}"#, nil),
  ])
  func disconnectMayGiveAReason(body: String, reason: String?) throws {
    #expect(try DisconnectRequest(Array(body.utf8)).reason == reason)
  }

  @Test(arguments: [
    "[]", #"{"reason":5}"#, #"{"reasons":"x"}"#, #"{"reason":"#, "\"" + String(repeating: "x", count: 1025) + "\"",
  ])
  func disconnectIsRefusedWhereTheReasonIsNone(body: String) {
    #expect(throws: Problem.self) { try DisconnectRequest(Array(body.utf8)) }
  }
}
