import Glibc
import Testing

@testable import pushhub_send

private let timeout = Timeout(milliseconds: 500)

@Test(arguments: [
  (ENOENT, ExitCode.unavailable), (ENOTDIR, .unavailable), (ECONNREFUSED, .unavailable), (EPROTOTYPE, .unavailable),
  (EACCES, .noPermission), (EPERM, .noPermission), (EAGAIN, .tryAgain), (EMFILE, .cannotCreate),
  (ENFILE, .cannotCreate), (ENOBUFS, .cannotCreate), (ENOMEM, .cannotCreate),
])
func eachProblemHasItsCode(error: Int32, code: ExitCode) {
  let failure = ConnectProblem(path: "/s", error: error).failure(alsoAbsent: nil, group: nil, timeout: timeout)
  #expect(failure.code == code)
}

@Test func aHubThatIsNotThereIsNamedWithTheWayToStartIt() {
  let problem = ConnectProblem(path: "/a", error: ENOENT)
  let message = problem.failure(alsoAbsent: "/b", group: nil, timeout: timeout).message
  #expect(message.hasPrefix("no hub listens at /a or /b: start one with 'systemctl start pushhubd'"))
}

@Test func missingPermissionNamesTheGroupToJoin() {
  let problem = ConnectProblem(path: "/a", error: EACCES)
  let message = problem.failure(alsoAbsent: nil, group: "pushhub", timeout: timeout).message
  #expect(
    message == "no permission to open /a: join the group pushhub ('sudo usermod -aG pushhub $USER') and log in again")
  #expect(problem.failure(alsoAbsent: nil, group: nil, timeout: timeout).message.hasSuffix("; ask its owner"))
}

@Test func groupsAreFoundByNumber() {
  let file = Array("root:x:0:\nbad\n:x::\nhub:x:987:alice,bob\nlast:x:42:".utf8)
  #expect(GroupName.name(of: 987, in: file) == "hub")
  #expect(GroupName.name(of: 42, in: file) == "last")
  #expect(GroupName.name(of: 7, in: file) == nil)
}
