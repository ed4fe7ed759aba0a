/// Finds what somebody probably meant to write.
package enum NearMiss {
  /// The closest candidate; else the only one that begins so, or the only one that ends with the whole word after a
  /// separator: `warn` for `warning`, `listen` for `http.listen`.
  package static func best(for word: String, among candidates: [String]) -> String? {
    if let closest = closest(to: word, among: candidates) { return closest }
    let beginnings = candidates.filter { word.utf8.count > 2 && folded($0).hasPrefix(folded(word)) }
    if beginnings.count == 1 { return beginnings[0] }
    let endings = candidates.filter { !word.isEmpty && folded($0).hasSuffix("-" + folded(word)) }
    return endings.count == 1 ? endings[0] : nil
  }

  /// The candidate that differs least, if it differs little; the first of several.
  package static func closest(to word: String, among candidates: [String]) -> String? {
    let letters = Array(folded(word).utf8.prefix(64))
    guard !letters.isEmpty else { return nil }
    let closest = candidates.filter { !$0.isEmpty }.map {
      (candidate: $0, distance: distance(letters, Array(folded($0).utf8)))
    }
    .min { $0.distance < $1.distance }
    return closest.flatMap { $0.distance <= max(1, letters.count / 4) ? $0.candidate : nil }
  }

  /// Small letters, one separator for all, and none at the beginning: options are compared by their names.
  private static func folded(_ word: String) -> String {
    String(word.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 }.drop { $0 == "-" })
  }

  /// How many letters have to be changed, put in, taken out or swapped with their neighbour (optimal string alignment).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var cost = min(last[j] + (letter == other ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}
