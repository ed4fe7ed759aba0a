/// The words that ask something else of the hub than to publish, declared as the options are: see ``CommandOption``.
enum CommandWord: String, CaseIterable {
  case listen, watch
  case stats, connections, explain, disconnect, subscribe, unsubscribe, revoke, unrevoke, block, unblock, ping, help

  struct Declaration {
    /// What may stand behind the word, in help: `USER`.
    var arguments = ""
    /// The word's own argument, which is no option's value.
    var value: ArgumentValue?
    /// Those that mean something with this word, beside the general ones.
    var options: [CommandOption] = []
    /// One phrase; completions show it up to the first semicolon.
    var summary: String
    /// What the man page says beyond it, as for options.
    var details = ""
  }

  var declaration: Declaration {
    switch self {
    case .listen:
      Declaration(
        arguments: "TARGET … [--state FILE] [--exec COMMAND]",
        options: [.user, .users, .topic, .topics, .connection, .broadcast, .all, .since, .state, .exec],
        summary: "prints events as they are published, until it is stopped",
        details: "The targets, one or more, may be of all kinds; `--all` is every event.")
    case .watch:
      Declaration(
        arguments: "users|--topic NAME", value: ArgumentValue("users", "all users", .words(["users"])),
        options: [.topic],
        summary: "prints who is there, who comes and who goes, until it is stopped",
        details: """
          That is, which users have a connection; with `--topic`, which of them follow the topic, or topics of a pattern.
          It begins with a line `present` USER [TOPIC] for each; `join` and `leave` follow as they happen.
          In a name, `%`, blank and comma are written %XX.
          With `--json` each line is an object, `{"action":"join","user":…,"topic":…}`, with the names as they are.
          It comes back by itself after a restart of the hub, and tells as `join` and `leave` what has changed meanwhile.
          """)
    case .stats: Declaration(summary: "the hub's figures, as JSON")
    case .connections:
      Declaration(
        arguments: "USER|TARGET", value: ArgumentValue("USER", "user id"), options: [.user, .topic, .connection],
        summary: "the connections of a user, as JSON; TARGET is one of `--user`, `--topic` and `--connection`",
        details: """
          It says since when each is open, what waits in its queue, and the last event that it took in whole.
          """)
    case .explain:
      Declaration(
        arguments: "ID", value: ArgumentValue("ID", "event id"),
        summary: "what became of an event, as JSON; ID is what publishing it printed",
        details: """
          It is known as long as the hub's history holds the event: when it was accepted and from whom, for whom, to how \
          many connections it was handed (`queued`), how many took all of it (`written`), for how many it still waits \
          (`waiting`), how many have gone without it (`dropped`, and `droppedBy` names some of them with the reason), and \
          how often it was replayed.
          """)
    case .disconnect:
      Declaration(
        arguments: "TARGET [--reason TEXT]", options: [.user, .users, .connection, .reason],
        summary: "closes connections; prints how many",
        details: """
          The target is one or more users, or one connection.
          Browsers that are closed so do not come back by themselves.
          """)
    case .subscribe:
      Declaration(
        arguments: "TARGET --topic NAME [--for TIME]",
        options: [.user, .connection, .topic, .topics, .duration],
        summary: "makes a user, or one connection, follow topics; prints how many connections changed",
        details: """
          The target is one user or one connection; topics are named by `--topic` and `--topics`.
          The connections that the user has and those to come follow the topics, without a token that grants them, until \
          `unsubscribe` or for the time that `--for` says.
          What one connection is given ends with it.
          """)
    case .unsubscribe:
      Declaration(
        arguments: "TARGET --topic NAME", options: [.user, .connection, .topic, .topics],
        summary: "takes back what subscribe gave; prints how many connections changed")
    case .revoke:
      Declaration(
        arguments: "--user ID [--before TIME]", options: [.user, .before],
        summary: "makes a user's tokens worthless and closes what they opened; prints how many connections",
        details: "Tokens that are issued from then on are good.")
    case .unrevoke: Declaration(arguments: "--user ID", options: [.user], summary: "takes a revocation back")
    case .block:
      Declaration(
        arguments: "--user ID [--for TIME]", options: [.user, .duration],
        summary: "shuts a user out and closes its connections; prints how many")
    case .unblock: Declaration(arguments: "--user ID", options: [.user], summary: "lets a user in again")
    case .ping: Declaration(summary: "asks whether the hub is there; it answers pong")
    case .help:
      Declaration(
        arguments: "[COMMAND]", value: ArgumentValue("COMMAND", "command", .words(Self.allCases.map(\.rawValue))),
        summary: "prints a summary, or what there is to say of a command")
    }
  }

  /// Whether an option means something with this word.
  func takes(_ option: CommandOption) -> Bool {
    let declaration = option.declaration
    return declaration.section == .general || self.declaration.options.contains(option)
  }
}

extension CommandOption {
  /// The options that mean something with a command, or with publishing, in the order of their declaration.
  static func options(of word: CommandWord?) -> [CommandOption] {
    allCases.filter { option in
      guard let word else { return option.declaration.section != .commands }
      return word.takes(option)
    }
  }
}
