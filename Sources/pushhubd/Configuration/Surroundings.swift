import Foundation
import Glibc
import Runtime

/// What a configuration is made from. Loading reads nothing else, so that tests bring their own.
struct Surroundings: Sendable {
  /// What there is at a path.
  enum Contents: Sendable, Hashable {
    case bytes([UInt8])
    case missing
    /// This user may not read it.
    case forbidden
    /// Why it cannot be read, in the system's words.
    case unreadable(String)
  }

  /// More than any configuration needs; a longer file is not read to its end.
  static let maxFileBytes = 1 << 20

  /// Without the program's name.
  var arguments: [String]
  var environment: [String: String]
  var readFile: @Sendable (_ path: String) -> Contents
  /// The number of a user of the system; nil where nobody has that name.
  var userID: @Sendable (_ name: String) -> UInt32?
  var groupID: @Sendable (_ name: String) -> UInt32?
  /// Standard input, to its end or one byte more than so many.
  var readInput: @Sendable (_ maxBytes: Int) -> [UInt8]
  /// The file that the installed unit loads its key from.
  var loadedKeyFile: @Sendable () -> String

  /// Those of this process.
  ///
  /// - Parameter arguments: its command line, the program's name in front.
  static func ofProcess(arguments: [String]) -> Surroundings {
    Surroundings(
      arguments: Array(arguments.dropFirst()), environment: ProcessInfo.processInfo.environment,
      readFile: read, userID: user, groupID: group, readInput: input, loadedKeyFile: InstalledUnit.keyFile)
  }

  private static func read(_ path: String) -> Contents {
    do throws(SystemCallError) {
      let contents = try File.read(path, maxBytes: maxFileBytes)
      return contents.count > maxFileBytes
        ? .unreadable("it is longer than \(maxFileBytes >> 20) MiB") : .bytes(contents)
    } catch {
      return switch error.number {
      case ENOENT: .missing
      case EACCES, EPERM: .forbidden
      default: .unreadable(systemError(error.number))
      }
    }
  }

  private static func input(maxBytes: Int) -> [UInt8] {
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while contents.count <= maxBytes {
      let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      contents += buffer.prefix(count)
    }
    return contents
  }

  /// An entry with all its texts; much more than passwd(5) and group(5) have.
  private static let maxEntryBytes = 1 << 20

  private static func user(_ name: String) -> UInt32? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var texts = [CChar](repeating: 0, count: maxEntryBytes)
    // The entry's texts lie in `texts`, and only the number is taken out.
    guard getpwnam_r(name, &entry, &texts, texts.count, &found) == 0, found != nil else { return nil }
    return entry.pw_uid
  }

  private static func group(_ name: String) -> UInt32? {
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    var texts = [CChar](repeating: 0, count: maxEntryBytes)
    // The entry's texts lie in `texts`, and only the number is taken out.
    guard getgrnam_r(name, &entry, &texts, texts.count, &found) == 0, found != nil else { return nil }
    return entry.gr_gid
  }
}
