/// The words that ask something else of the hub than to publish, declared as the options are: see ``CommandOption``.
enum CommandWord: String, CaseIterable {
  case stats, connections, explain, disconnect, subscribe, unsubscribe, ping, help

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
    case .ping: Declaration(summary: "asks whether the hub is there; it answers pong")
    case .help: Declaration(summary: "prints a summary")
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
