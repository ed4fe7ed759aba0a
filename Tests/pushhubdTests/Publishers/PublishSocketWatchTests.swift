import Foundation
import Testing

@testable import pushhubd

struct PublishSocketWatchTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sock").path

  private func socket() throws -> PublishSocket { try PublishSocket.open(path: path, mode: 0o640, group: nil) }

  @Test func aSocketOfOurOwnIsMadeAnew() throws {
    let first = try socket()
    let watch = PublishSocketWatch(first)
    #expect(watch.look(now: 0) == nil && watch.problem == nil)
    unlink(path)
    guard case .reopened(let descriptor)? = watch.look(now: 1000) else { return #expect(Bool(false)) }
    #expect(descriptor != first.descriptor && watch.problem == nil && watch.look(now: 2000) == nil)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    watch.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(watch.look(now: 3000) == nil && !FileManager.default.fileExists(atPath: path), "it is not made anew")
    close(first.descriptor)
    close(descriptor)
  }

  @Test func whatIsInTheWayIsToldOnceAndTriedAgain() throws {
    let first = try socket()
    let watch = PublishSocketWatch(first)
    unlink(path)
    try Data("x".utf8).write(to: URL(filePath: path))
    #expect(
      watch.look(now: 0)
        == .gone("\(path) is there already and is no socket: remove it, or set publish.socket to another path"))
    #expect(watch.problem == "publishers cannot connect: \(path) is gone")
    #expect(watch.look(now: 1000) == nil && watch.look(now: 10_000) == nil)
    unlink(path)
    #expect(watch.look(now: 19_999) == nil)
    guard case .reopened(let descriptor)? = watch.look(now: 20_000) else { return #expect(Bool(false)) }
    #expect(watch.problem == nil)
    watch.remove()
    close(first.descriptor)
    close(descriptor)
  }

  @Test func aSocketThatWasPassedIsOnlyToldOf() throws {
    let passed = try socket()
    let watch = try #require(PublishSocketWatch(passed: passed.descriptor))
    #expect(watch.path == path && watch.look(now: 0) == nil)
    rename(path, path + ".away")
    #expect(watch.look(now: 1000) == .gone(nil) && watch.look(now: 2000) == nil && watch.problem != nil)
    rename(path + ".away", path)
    #expect(watch.look(now: 3000) == .back && watch.look(now: 4000) == nil && watch.problem == nil)
    watch.remove()
    #expect(FileManager.default.fileExists(atPath: path), "it is not the hub's to remove")
    passed.remove()
    close(passed.descriptor)
  }

  @Test func whatHasNoFileIsNotLookedAt() throws {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #expect(PublishSocketWatch(passed: descriptor) == nil)
    close(descriptor)
  }
}
