import HubCore
import HubProtocol

extension PublishRule {
  private static let form =
    "WHO RIGHT … [to=TARGET …] [event=TYPE …], such as “user=deploy push to=user:* event=deploy.*”"

  /// Reads one rule.
  init(_ text: String, _ surroundings: Surroundings) throws(ValueProblem) {
    let words = text.split { $0 == " " || $0 == "\t" }
    var rest = words[...]
    guard let first = rest.popFirst() else { throw ValueProblem("a rule is empty: write \(Self.form)") }
    let who = try Self.who(first, surroundings)
    var rights: Rights = []
    var targets: [TargetPattern] = []
    var events: [EventPattern] = []
    for word in rest {
      if word.hasPrefix("to=") {
        targets.append(try Self.target(word.dropFirst(3)))
      } else if word.hasPrefix("event=") {
        events.append(try Self.event(word.dropFirst(6)))
      } else {
        rights.formUnion(try Self.rights(word))
      }
    }
    guard !rights.isEmpty else {
      throw ValueProblem("\(quoted(text)) gives no right: add \(Self.rightWords)")
    }
    guard events.isEmpty || rights.contains(.push) else {
      throw ValueProblem(
        "\(quoted(text)) limits event types, but does not give the right push: add it, or take event= out")
    }
    guard targets.isEmpty || !rights.isSubset(of: .withoutTargets) else {
      throw ValueProblem("\(quoted(text)) limits targets, but stats and explain have none: take to= out")
    }
    self.init(who: who, rights: rights, targets: targets, events: events, text: words.joined(separator: " "))
  }

  private static let rightWords = Rights.words.map(\.word).joined(separator: ", ")

  private static func who(_ word: Substring, _ surroundings: Surroundings) throws(ValueProblem) -> Who {
    if word == "everyone" { return .everyone }
    if word.hasPrefix("user=") { return .user(try SystemAccount.user(String(word.dropFirst(5)), surroundings)) }
    if word.hasPrefix("group=") { return .group(try SystemAccount.group(String(word.dropFirst(6)), surroundings)) }
    throw ValueProblem("\(quoted(word)) does not say who: begin a rule with everyone, user=NAME or group=NAME")
  }

  private static func rights(_ word: Substring) throws(ValueProblem) -> Rights {
    if let known = Rights.words.first(where: { $0.word == word }) { return known.rights }
    let guess = NearMiss.best(for: String(word), among: Rights.words.map(\.word)).map { "; did you mean \($0)?" } ?? ""
    throw ValueProblem("\(quoted(word)) is none of the rights \(rightWords), nor to= or event=\(guess)")
  }

  private static func target(_ word: Substring) throws(ValueProblem) -> TargetPattern {
    if word == "*" { return .everyone }
    if word == "conn:*" { return .connections }
    if word.hasPrefix("user:"), word != "user:" {
      return .users(
        try name(
          word.dropFirst(5), as: UserID.self,
          "\(quoted("to=" + word)) names no user: an id is 1 to 128 bytes "
            + "without control characters"))
    }
    if word.hasPrefix("topic:"), word != "topic:" {
      return .topics(
        try name(
          word.dropFirst(6), as: TopicName.self,
          "\(quoted("to=" + word)) names no topic: a name is 1 to 128 bytes "
            + "without control characters"))
    }
    throw ValueProblem(
      "\(quoted("to=" + word)) names no target: write to=* (broadcasts), to=user:ID, to=user:BEGIN*, to=user:*, "
        + "to=topic:NAME, to=topic:BEGIN* or to=conn:*")
  }

  private static func name<Name: ExactName>(
    _ text: Substring, as type: Name.Type, _ problem: String
  ) throws(ValueProblem) -> NamePattern {
    let pattern = try NamePattern(text)
    guard pattern.isPrefix || String(validating: pattern.bytes, as: UTF8.self).flatMap(type.init) != nil else {
      throw ValueProblem(problem)
    }
    return pattern
  }

  private static func event(_ word: Substring) throws(ValueProblem) -> EventPattern {
    let pattern = try NamePattern(word)
    if pattern.isPrefix { return pattern }
    guard let text = String(validating: pattern.bytes, as: UTF8.self) else {
      throw ValueProblem("\(quoted("event=" + word)) is not UTF-8")
    }
    do throws(EventType.Refusal) {
      _ = try EventType(checking: text)  // only whether it can be one
      return pattern
    } catch .reserved {
      throw ValueProblem("\(quoted("event=" + word)) names one of the hub's own events, which nobody may publish")
    } catch {
      throw ValueProblem(
        "\(quoted("event=" + word)) names no event type: it is 1 to 128 bytes without control characters")
    }
  }
}

extension ValueFormat where Value == PublishRights {
  static var publishRights: ValueFormat {
    ValueFormat(listOf: "rules", atMost: 1000) { (text, surroundings) throws(ValueProblem) in
      guard text.utf8.count <= 4096 else {
        throw ValueProblem("\(quoted(text)) is too long: a rule takes at most 4096 bytes")
      }
      return try PublishRule(text, surroundings)
    } finish: { (rules) throws(ValueProblem) in
      guard !rules.isEmpty else {
        throw ValueProblem(
          "the list is empty, so that nobody could publish: leave the key out for the default, or write rules")
      }
      return PublishRights(rules)
    } write: {
      $0.rules.map(\.text)
    }
  }
}
