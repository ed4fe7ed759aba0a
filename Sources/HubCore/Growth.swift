extension ContiguousArray {
  /// Makes room for one more element: for a quarter more than there are, as a large table that lives long should not be
  /// half empty. Appending still costs the same on average, however long the table.
  package mutating func makeRoom() {
    if count == capacity { reserveCapacity(count + count / 4 + 16) }
  }
}
