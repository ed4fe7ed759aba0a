/// The commands of `--lines` that the hub has yet to accept or refuse, in their order, and how much of them the present
/// connection was given.
///
/// A command stays until it is settled, so that it can go out again over another connection. Those that the hub answered
/// without accepting them are *postponed*: they come first, wait for the next connection, and keep their place.
struct CommandWindow {
  private struct Entry {
    let line: Int
    var byteCount: Int
    /// A hub that had all of it went away without an answer.
    var isDoubtful = false
  }

  private var bytes = ByteQueue()
  private var entries: [Entry] = []
  private var postponedCount = 0
  /// Bytes from the front that the connection was given; over the whole commands among them, `sentCount` entries.
  private var sentBytes = 0
  private var sentCount = 0
  /// The bytes of those `sentCount` entries.
  private var sentCommandBytes = 0
  /// Bytes at the end that belong to the command that comes next.
  private var looseBytes = 0

  var count: Int { entries.count }
  var byteCount: Int { bytes.count }
  var isEmpty: Bool { entries.isEmpty }
  /// What the connection was not given yet.
  var unsent: ArraySlice<UInt8> { bytes.bytes.dropFirst(sentBytes) }
  /// Whether the hub has all of a command that it has not answered.
  var awaitsReply: Bool { sentCount > postponedCount }
  /// Whether a reply can be one to a command: some of it at least has been sent.
  var canBeAnswered: Bool { postponedCount < entries.count && sentBytes > postponedBytes }

  /// - Parameter parts: of one command, together a whole line.
  mutating func append(_ parts: [[UInt8]], line: Int) {
    for part in parts { bytes.append(part) }
    entries.append(Entry(line: line, byteCount: parts.reduce(looseBytes) { $0 + $1.count }))
    looseBytes = 0
  }

  /// The connection took so many of the unsent bytes.
  mutating func sent(_ count: Int) {
    sentBytes += count
    while sentCount < entries.count, sentCommandBytes + entries[sentCount].byteCount <= sentBytes {
      sentCommandBytes += entries[sentCount].byteCount
      sentCount += 1
    }
  }

  /// The oldest that can be answered has been accepted or refused for good.
  /// - Returns: the number of its line.
  mutating func settle() -> Int {
    let start = postponedBytes
    let entry = entries.remove(at: postponedCount)
    if sentCount > postponedCount {
      bytes.removeSubrange(start, count: entry.byteCount)
      sentBytes -= entry.byteCount
      sentCommandBytes -= entry.byteCount
      sentCount -= 1
    } else {
      // A line that is too long is refused before its end, and skipped up to there: its end is still owed, and where it
      // is sent to another connection instead, it is an empty line.
      bytes.removeSubrange(start, count: entry.byteCount - 1)
      sentBytes = start
      if entries.count > postponedCount { entries[postponedCount].byteCount += 1 } else { looseBytes += 1 }
    }
    return entry.line
  }

  /// The oldest that can be answered was not accepted, and is to be sent again.
  mutating func postpone() {
    postponedCount += 1
    if sentCount < postponedCount {
      // A part of it was sent; with its rest it would be half a command.
      sentCommandBytes += entries[sentCount].byteCount
      sentBytes = sentCommandBytes
      sentCount += 1
    }
  }

  /// The connection is gone: everything goes out again over the next.
  /// - Returns: the numbers of the lines that the hub had, but did not answer. They may come twice.
  mutating func restart() -> [Int] {
    let doubtful = postponedCount..<sentCount
    for index in doubtful { entries[index].isDoubtful = true }
    (postponedCount, sentBytes, sentCount, sentCommandBytes) = (0, 0, 0, 0)
    return entries[doubtful].map(\.line)
  }

  /// The lines of which it is not known whether they were published, and those that were not.
  var remainder: (doubtful: [Int], unpublished: [Int]) {
    var remainder: (doubtful: [Int], unpublished: [Int]) = ([], [])
    for (index, entry) in entries.enumerated() {
      if entry.isDoubtful || (postponedCount..<sentCount).contains(index) {
        remainder.doubtful.append(entry.line)
      } else {
        remainder.unpublished.append(entry.line)
      }
    }
    return remainder
  }

  private var postponedBytes: Int { entries[..<postponedCount].reduce(0) { $0 + $1.byteCount } }
}
