/// The commands of the line protocol, for people: what `HELP` answers, what errors refer to, and what stands in the table of
/// `docs/line-protocol.md`.
extension Command.Verb {
  struct Usage {
    /// With the verb: `CLOSE <target> [reason]`.
    let line: String
    /// When it succeeds.
    let reply: String
    /// One phrase.
    let summary: String

    fileprivate init(_ line: String, _ reply: String, _ summary: String) {
      self.line = line
      self.reply = reply
      self.summary = summary
    }
  }

  var usage: Usage {
    switch self {
    case .push:
      Usage("PUSH <target> <event> <JSON>", "OK <id> <sentCount>", "publish an event; - as <event> is message")
    case .close: Usage("CLOSE <target> [reason]", "OK <closedCount>", "close users' connections, or one connection")
    case .stats: Usage("STATS", "OK <JSON>", "the hub's figures")
    case .connections:
      Usage("CONNECTIONS <target>", "OK <JSON>", "the connections of a user or a topic, or one connection")
    case .explain: Usage("EXPLAIN <id>", "OK <JSON>", "what became of an event")
    case .subscribe:
      Usage(
        "SUBSCRIBE <target> <topics> [for=1h]", "OK <changedCount>", "make a user, or one connection, follow topics")
    case .unsubscribe: Usage("UNSUBSCRIBE <target> <topics>", "OK <changedCount>", "take back what SUBSCRIBE gave")
    case .listen:
      Usage(
        "LISTEN <target> [<target> …] [since=<id>|since=start]", "OK <position> <none|complete|gap|start>",
        "hear events, here, as lines that begin with EVENT or @; also topic:a/*, topic:* and all")
    case .unlisten: Usage("UNLISTEN", "OK <id>", "hear no more; the id is that of the last event sent")
    case .watch:
      Usage(
        "WATCH users|topic:<name>", "OK <n>",
        "see who is there: n lines PRESENT, then JOIN and LEAVE, <user> [<topic>]; also topic:a/*")
    case .unwatch: Usage("UNWATCH", "OK <n>", "see no more; n lines were dropped")
    case .revoke:
      Usage("REVOKE user:<id> [before=<unix time>]", "OK <closedCount>", "refuse the user's tokens that are older")
    case .unrevoke: Usage("UNREVOKE user:<id>", "OK <n>", "take REVOKE back")
    case .block: Usage("BLOCK user:<id> [for=1h]", "OK <closedCount>", "shut the user out")
    case .unblock: Usage("UNBLOCK user:<id>", "OK <n>", "let the user in again")
    case .ping: Usage("PING", "OK pong", "see whether the hub answers")
    case .help: Usage("HELP", "OK <JSON>", "this text, as one JSON string")
    }
  }
}

extension Command {
  /// What `HELP` answers, with line breaks.
  package static let grammar: String = {
    let verbs = Verb.allCases.map { verb in
      let usage = verb.usage
      return "\(usage.line)\n    \(usage.reply)\n    \(usage.summary)"
    }
    return """
      One line, one command: [@name=value[;name=value…] ]VERB [argument …]
      One line is the reply: OK …, or ERR <code> <message>

      \(verbs.joined(separator: "\n"))

      <target> is user:<id>, users:<id>,<id>,…, topic:<name>, topics:<name>,<name>,…, conn:<id> or, for PUSH and LISTEN, *
      (everyone). In an id or a name, %, blank, comma and control characters are written %XX.
      Of PUSH, @ gives tags: key=<idempotency key>, ttl=<seconds in history>, replace=<name> or clear=<name> of a value,
      as=text (the JSON is a string, and its text goes out), reply=no.

      """
  }()
}
