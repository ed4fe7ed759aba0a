/// ISO 8601 in UTC with milliseconds, `2025-12-10T12:00:00.000Z`.
package func timestamp(wall milliseconds: Int64) -> String {
  String(maxSize: CivilTime.maxTimestampBytes) { $0.append(timestamp: milliseconds) }
}

extension ByteWriter {
  /// Appends at most `CivilTime.maxTimestampBytes`.
  @usableFromInline package mutating func append(timestamp milliseconds: Int64) {
    let time = CivilTime(wall: milliseconds)
    append(padded: time.year, to: 4)
    append(UInt8(ascii: "-"))
    append(padded: time.month, to: 2)
    append(UInt8(ascii: "-"))
    append(padded: time.day, to: 2)
    append(UInt8(ascii: "T"))
    append(padded: time.hour, to: 2)
    append(UInt8(ascii: ":"))
    append(padded: time.minute, to: 2)
    append(UInt8(ascii: ":"))
    append(padded: time.second, to: 2)
    append(UInt8(ascii: "."))
    append(padded: time.millisecond, to: 3)
    append(UInt8(ascii: "Z"))
  }
}
