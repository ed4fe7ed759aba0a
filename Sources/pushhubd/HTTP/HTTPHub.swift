import HubCore
import HubProtocol

/// The hub as its HTTP side sees it. `Hub` is one; the tests have one whose streams go nowhere.
protocol HTTPHub: AnyObject, Sendable {
  var manager: SSEManager { get }
  /// What holds now; a reload replaces it.
  var httpRules: HTTPRules { get }
  var isDraining: Bool { get }
  func now() -> Moment
  /// An id that nobody can guess.
  func randomConnectionID() -> ConnectionID

  func authenticate(_ token: Substring, now: Moment) throws(TokenRefusal) -> Principal

  func statisticsJSON(now: Moment) -> [UInt8]
  /// Has the answer to what cannot be answered at once; on whatever thread, with a letter to whoever asked.
  func answer(_ question: API.Question, _ answer: @escaping @Sendable (Answer) -> Void)
  /// `{"token":…,"adminToken":…,"basePath":…,"publishSocket":…}`, where the hub runs for development.
  func demoSessionJSON(for user: UserID) -> [UInt8]?

  /// For the figures: a request was answered.
  func answered(_ status: Status, _ problem: ProblemCode?)
  /// For the log: a page of an origin that is not allowed asked for something.
  func originRefused(_ origin: String)
  /// For the log: a stream was opened for a caller, and others had to give way.
  func streamOpened(_ request: ConnectionRequest, replaced: [Departure])
  /// For the log: there was no place for a caller's stream, or not for one more of his.
  func streamRefused(_ request: ConnectionRequest, reason: String)
  /// For the log: streams were closed at a caller's wish.
  func streamsClosed(_ departures: [Departure])
}
