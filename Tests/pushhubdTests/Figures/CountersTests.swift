import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct CountersTests {
  @Test func eachCaseHasItsCount() {
    let set = CounterSet<ErrorCode>()
    set.add(.badJSON)
    set.add(.badJSON)
    set.add(.draining)
    #expect(ErrorCode.allCases.map { set[$0] }.reduce(0, +) == 3)
    #expect(set[.badJSON] == 2 && set[.draining] == 1 && set[.badVerb] == 0)
  }

  @Test func labelsAreUnlikeEachOther() {
    #expect(Set(TokenRefusal.Reason.allCases.map(\.label)).count == TokenRefusal.Reason.allCases.count)
  }
}
