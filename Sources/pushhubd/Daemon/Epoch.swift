import Glibc
import Runtime

/// The number of this start of the hub, which makes its event ids unlike those of every other start.
///
/// It is the wall clock's time in milliseconds, and greater than the epoch before where that is known: a state directory
/// (systemd's `StateDirectory=`) remembers it, so that a clock that was set back does no harm.
enum Epoch {
  static func next(after previous: UInt64?, wall milliseconds: Int64) -> UInt64 {
    let time = UInt64(max(0, milliseconds))
    guard let previous, previous >= time, previous < .max else { return time }
    return previous + 1
  }

  /// The next epoch, and why the one before could not be read or this one not be remembered, if it should have been: the
  /// hub serves all the same.
  ///
  /// - Parameter directories: `$STATE_DIRECTORY`, several with colons between (systemd.exec(5)); nil: it is not remembered.
  static func take(wall milliseconds: Int64, directories: String?) -> (epoch: UInt64, problem: String?) {
    let paths = directories?.split(separator: ":").map { "\($0)/epoch" } ?? []
    // Another directory may have been put before the one that has it.
    guard let path = paths.first(where: { access($0, F_OK) == 0 }) ?? paths.first else {
      return (next(after: nil, wall: milliseconds), nil)
    }
    let (previous, problem) = read(path)
    let epoch = next(after: previous, wall: milliseconds)
    do throws(SystemCallError) {
      try File.replace(path, with: "\(epoch)\n")
      return (epoch, problem)
    } catch {
      return (epoch, error.description)
    }
  }

  private static func read(_ path: String) -> (epoch: UInt64?, problem: String?) {
    do throws(SystemCallError) {
      let contents = try File.read(path, maxBytes: 32)
      let number = UInt64(String(decoding: contents.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
      guard let number, number < .max else { return (nil, "\(path) holds no number of an earlier start") }
      return (number, nil)
    } catch {
      return (nil, error.number == ENOENT ? nil : error.description)
    }
  }
}
