/// Whom or what an entry is about: a text for each of some fields, `[.user: "42", .connection: "conn_…"]`.
struct LogValues: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// In the order of ``LogField``.
  private(set) var all: [LogEntry.Value] = []

  init(dictionaryLiteral elements: (LogField, String)...) {
    all.reserveCapacity(elements.count + 1)
    for (field, text) in elements { self[field] = text }
  }

  subscript(field: LogField) -> String? {
    get { all.first { $0.field == field }?.text }
    set {
      let place = all.firstIndex { $0.field >= field } ?? all.endIndex
      if place < all.endIndex, all[place].field == field { all.remove(at: place) }
      if let newValue { all.insert(LogEntry.Value(field: field, text: newValue), at: place) }
    }
  }
}
