import Foundation
import Testing

@testable import pushhubd

struct EpochTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "pushhub-\(UUID())").path

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

  private func remembered(_ directory: String) -> String? {
    try? String(contentsOfFile: directory + "/epoch", encoding: .utf8)
  }

  @Test func itIsTheTimeAndNeverTheSameAgain() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for (wall, expected) in [(1000, 1000), (1000, 1001), (5000, 5000), (10, 5001)] as [(Int64, UInt64)] {
      let (epoch, problem) = Epoch.take(wall: wall, directories: directory)
      #expect(epoch == expected && problem == nil && remembered(directory) == "\(expected)\n")
    }
  }

  @Test func ofSeveralDirectoriesTheOneThatHasItCounts() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (first, second) = (directory + "/a", directory + "/b")
    for path in [first, second] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    #expect(Epoch.take(wall: 1000, directories: "\(first):\(second)").epoch == 1000)
    #expect(Epoch.take(wall: 10, directories: "\(second):\(first)").epoch == 1001)
    #expect(remembered(first) == "1001\n" && remembered(second) == nil)
  }

  @Test func whereItCannotBeRememberedItIsTakenAllTheSame() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (epoch, problem) = Epoch.take(wall: 1000, directories: directory + "/missing")
    #expect(epoch == 1000 && problem?.contains("No such file") == true)
    #expect(Epoch.take(wall: 1000, directories: nil).problem == nil)
  }

  @Test(arguments: ["", "garbage\n", "-5\n", "18446744073709551615\n", "123456789012345678901234567890123456\n"])
  func aNumberThatCannotBeReadIsTold(contents: String) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try contents.write(toFile: directory + "/epoch", atomically: true, encoding: .utf8)
    let (epoch, problem) = Epoch.take(wall: 1000, directories: directory)
    #expect(epoch == 1000 && problem?.contains("holds no number") == true)
    #expect(Epoch.take(wall: 1000, directories: directory).problem == nil)
  }
}
