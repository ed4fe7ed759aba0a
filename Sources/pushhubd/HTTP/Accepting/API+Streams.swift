import HubCore
import NIOHTTP1

/// What a request for a stream comes to.
enum StreamOutcome: Sendable {
  case opened(OpenedStream)
  case refused(Answer, RequestHead)
}

extension API {
  /// Nil, and nothing is done, where the request is for something else or has to be looked at by the HTTP library.
  ///
  /// - Parameters:
  ///   - count: How many bytes the head has.
  ///   - hasRoom: Whether there is a descriptor for a stream.
  func stream(
    _ received: HTTPRequestHead, bytes count: Int, from client: @autoclosure () -> RemoteAddress, hasRoom: Bool
  ) -> StreamOutcome? {
    let rules = hub.httpRules
    guard count <= rules.options.maxHeaderBytes, let head = try? RequestHead(received),
      (try? rules.endpoints.endpoint(at: head.target.segments)) == .connect
    else { return nil }
    do throws(Problem) {
      guard case .request(let request) = try admit(head) else { return nil }
      guard hasRoom else { throw Problem.hubFull }
      switch try perform(request, body: [], from: client()) {
      case .stream(let opened):
        hub.answered(.ok, nil)
        return .opened(opened)
      case .answer(let answer): return .refused(answer, head)
      case .later: return nil
      }
    } catch { return .refused(error.answer, head) }
  }
}
