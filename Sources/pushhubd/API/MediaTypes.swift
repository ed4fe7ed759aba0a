/// Whether the values of the field `Accept` let a response be `text/event-stream` (RFC 9110 section 12.5.1).
///
/// The most specific range that matches decides; a weight of zero rules out. What is malformed is passed over.
func acceptsEventStream(_ values: [String]) -> Bool {
  // What browsers send for a stream, and most who send nothing.
  if values.isEmpty || (values.count == 1 && values[0] == "text/event-stream") { return true }
  var best: (specificity: Int, isAccepted: Bool) = (0, false)
  var hasRange = false
  for range in values.flatMap({ $0.split(separator: ",") }) {
    let parts = range.split(separator: ";", omittingEmptySubsequences: false).map { trimmed($0).lowercased() }
    guard let type = parts.first, type.contains("/") else { continue }
    hasRange = true
    let specificity: Int
    switch type {
    case "text/event-stream": specificity = 3
    case "text/*": specificity = 2
    case "*/*": specificity = 1
    default: continue
    }
    let isAccepted = !parts.dropFirst().contains(where: isZeroWeight)
    if specificity > best.specificity || (specificity == best.specificity && isAccepted) {
      best = (specificity, isAccepted)
    }
  }
  return best.isAccepted || !hasRange
}

/// Whether a `Content-Type` is `application/json`, whatever its parameters.
func isJSON(contentType: String) -> Bool {
  if contentType == "application/json" { return true }
  let type = contentType.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
  return trimmed(type).lowercased() == "application/json"
}

/// `q=0`, with up to three zeros behind a point.
private func isZeroWeight(_ parameter: String) -> Bool {
  guard parameter.hasPrefix("q=") else { return false }
  let weight = parameter.dropFirst(2)
  return !weight.isEmpty && weight.allSatisfy { $0 == "0" || $0 == "." }
}

private func trimmed(_ text: Substring) -> Substring {
  let start = text.drop { $0 == " " || $0 == "\t" }
  guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
  return start[...last]
}
