/// Which arrays and objects a value lies in: one bit for each.
struct JSONNesting {
  private(set) var depth = 0
  private var bits: UInt64 = 0
  /// What did not fit into one word.
  private var outer: [UInt64] = []

  var isInObject: Bool { bits & 1 == 1 }

  mutating func push(isObject: Bool) {
    if depth > 0, depth % 64 == 0 { outer.append(bits) }
    bits = bits << 1 | (isObject ? 1 : 0)
    depth += 1
  }

  mutating func pop() {
    depth -= 1
    bits = depth > 0 && depth % 64 == 0 ? outer.popLast() ?? 0 : bits >> 1
  }
}
