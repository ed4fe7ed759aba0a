import Foundation
import Testing

@testable import pushhub_send

private func inDirectory(_ body: (URL) throws -> Void) throws {
  let directory = FileManager.default.temporaryDirectory.appending(path: "pushhub-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: directory) }
  try body(directory)
}

@Test func aNewStateFileHoldsNoId() throws {
  try inDirectory { directory in
    let path = directory.appending(path: "state").path
    let state = try StateFile(path)
    #expect(state.id == nil)
    #expect(FileManager.default.contents(atPath: path) == Data())
  }
}

@Test func aStateFileIsOneListenersAtATime() throws {
  try inDirectory { directory in
    let path = directory.appending(path: "state").path
    var state = try StateFile(path)
    let failure = #expect(throws: Failure.self) { _ = try StateFile(path) }
    #expect(failure == Failure(.tryAgain, "\(path) is another listener's: each needs a state file of its own"))
    try state.keep("7-4")
    try state.keep("7-5")
    #expect(state.id == "7-5")
    // The file that took its place is locked as well.
    #expect(throws: Failure.self) { _ = try StateFile(path) }
    #expect(FileManager.default.contents(atPath: path) == Data("7-5\n".utf8))
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names == ["state"])
  }
}

@Test(arguments: ["7-4\n", "7-4"]) func aStateFileSaysWhereItWas(content: String) throws {
  try inDirectory { directory in
    let path = directory.appending(path: "state").path
    try Data(content.utf8).write(to: URL(filePath: path))
    let state = try StateFile(path)
    #expect(state.id == "7-4")
  }
}

@Test(arguments: ["7-4\n7-5\n", "two words", "\u{7F}", String(repeating: "7", count: 128)])
func whatIsNoIdIsNotTakenForOne(content: String) throws {
  try inDirectory { directory in
    let path = directory.appending(path: "state").path
    try Data(content.utf8).write(to: URL(filePath: path))
    #expect(throws: Failure.self) { _ = try StateFile(path) }
  }
}

@Test func whereNoFileCanBeMadeNoneIsKept() throws {
  try inDirectory { directory in
    #expect(throws: Failure.self) { _ = try StateFile(directory.path) }
    #expect(throws: Failure.self) { _ = try StateFile(directory.path + "/none/state") }
    var state = try StateFile(directory.path + "/state")
    try FileManager.default.createDirectory(atPath: directory.path + "/state.new", withIntermediateDirectories: false)
    #expect(throws: Failure.self) { try state.keep("7-4") }
    #expect(state.id == nil)
  }
}
