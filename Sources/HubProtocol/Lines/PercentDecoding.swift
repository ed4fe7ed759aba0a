extension Span<UInt8> {
  /// A range as text, each `%XX` taken for the byte that it stands for; nil where a `%` has no two hexadecimal digits
  /// after it, or the bytes are not UTF-8.
  func percentDecoded(in range: Range<Int>) -> String? {
    var percent = index(of: UInt8(ascii: "%"), in: range)
    guard percent < range.upperBound else { return text(in: range) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(range.count)
    var start = range.lowerBound
    while percent < range.upperBound {
      guard percent + 2 < range.upperBound, let high = self[percent + 1].hexDigit, let low = self[percent + 2].hexDigit
      else { return nil }
      decoded.append(start..<percent, of: self)
      decoded.append(high << 4 | low)
      start = percent + 3
      percent = index(of: UInt8(ascii: "%"), in: start..<range.upperBound)
    }
    decoded.append(start..<range.upperBound, of: self)
    return decoded.span.text(in: decoded.indices)
  }
}
