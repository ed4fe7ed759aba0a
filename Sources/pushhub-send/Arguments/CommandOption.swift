/// The options, by the names they have on the command line.
///
/// What there is to say of an option stands in its declaration and nowhere else: the parser reads it, and `--help`, the
/// man page and the completions are made of it. Only the declaration that is asked for is made, as scripts call
/// `pushhub-send` in loops.
enum CommandOption: String, CaseIterable {
  case user, users, topic, topics, connection, broadcast, all
  case text, raw, file, lines, key, ttl, replace, clear
  case requireDelivery = "require-delivery"
  case reason
  case duration = "for"
  case before, since, state, exec
  case quiet, json, socket, timeout, help, version

  /// As a person writes it.
  var name: String { "--" + rawValue }

  /// With the short form, and with what stands for its value: `-q, --quiet`, `--key KEY`.
  var synopsis: String {
    let declaration = declaration
    let names = (declaration.short.map { ["-\($0)"] } ?? []) + [name]
    return names.joined(separator: ", ") + (declaration.value.map { " \($0.placeholder)" } ?? "")
  }

  /// - Parameter name: with its dashes, such as `--quiet` or `-q`.
  init?(name: String) {
    if name.hasPrefix("--") {
      self.init(rawValue: String(name.dropFirst(2)))
    } else {
      let named = Self.allCases.first { $0.declaration.short.map { "-\($0)" } == name }
      guard let named else { return nil }
      self = named
    }
  }
}

extension CommandOption {
  /// The parts of `--help` and of the man page in which the options stand.
  enum Section: CaseIterable { case target, publishing, commands, general }

  struct Declaration {
    var section: Section
    /// The letter of `-q`.
    var short: Character?
    /// Nil for an option that takes none.
    var value: ArgumentValue?
    var isRepeatable = false
    /// Options that make no sense beside this one; see ``CommandOption/excluded(with:)``.
    var excludes: [CommandOption] = []
    /// One phrase; completions show it up to the first semicolon.
    var summary: String
    /// What the man page says beyond it, a sentence a line, with options and the like between backquotes.
    var details = ""
  }

  var declaration: Declaration {
    switch self {
    case .user:
      Declaration(
        section: .target, value: ArgumentValue("ID", "user id"), isRepeatable: true,
        excludes: [.topic, .topics, .connection, .broadcast],
        summary: "this user, on every connection; may be repeated",
        details: "Given several times it makes the target several users.")
    case .users:
      Declaration(
        section: .target, value: ArgumentValue("ID,ID,…", "user ids, comma-separated"), isRepeatable: true,
        excludes: [.topic, .topics, .connection, .broadcast],
        summary: "these users",
        details: "An id that has a comma in it is given with `--user`.")
    case .topic:
      Declaration(
        section: .target, value: ArgumentValue("NAME", "topic"), isRepeatable: true,
        excludes: [.user, .users, .connection, .broadcast],
        summary: "this topic; may be repeated",
        details: """
          An event goes to every connection that follows the topic.
          Given several times it makes the target several topics; a connection gets the event once.
          For `listen` and `watch` it may be a pattern: `a/*` is every topic below `a/`, and `*` every topic there is.
          """)
    case .topics:
      Declaration(
        section: .target, value: ArgumentValue("NAME,NAME,…", "topics, comma-separated"), isRepeatable: true,
        excludes: [.user, .users, .connection, .broadcast],
        summary: "these topics",
        details: "A name that has a comma in it is given with `--topic`.")
    case .connection:
      Declaration(
        section: .target, value: ArgumentValue("ID", "connection id"),
        excludes: [.user, .users, .topic, .topics, .broadcast],
        summary: "one connection; the id is that of its `open` event",
        details: "Such an event is not kept for later.")
    case .broadcast:
      Declaration(section: .target, excludes: [.user, .users, .topic, .topics, .connection], summary: "everyone")
    case .all: Declaration(section: .commands, summary: "every event, whomever it is for")
    case .text:
      Declaration(
        section: .publishing, excludes: [.raw],
        summary: "the payload is text, sent as a JSON string; the argument, @ and - and all, or what `--file` names",
        details: """
          Of a file and of standard input, one line break at the end is not part of the text; of an argument, everything is.
          """)
    case .raw:
      Declaration(
        section: .publishing, excludes: [.text],
        summary: "the payload is text, and browsers get that text, not JSON; else as `--text`",
        details:
          "Each of its lines is a `data:` line of the event, as Datastar, htmx, Turbo and streams of tokens want it.")
    case .file:
      Declaration(
        section: .publishing, value: ArgumentValue("FILE", "file", .files),
        summary: "the payload is in this file; - is standard input",
        details: "Without `--text` and `--raw` it is JSON, as with `@`FILE.")
    case .lines:
      Declaration(
        section: .publishing, excludes: [.key],
        summary: "each line of the input is an event; sent as it comes, also over a restart of the hub",
        details: "The input is standard input, or what `--file` names; see \"Many events\" above.")
    case .key:
      Declaration(
        section: .publishing, value: ArgumentValue("KEY", "key"), excludes: [.lines],
        summary: "idempotency key; a repetition within 10 minutes is answered, but not delivered again",
        details: """
          It is any text of 1 to 128 bytes.
          A second event with the same key gets the receipt of the first, so that a call whose outcome is not known (exit \
          code 75) can safely be repeated.
          """)
    case .ttl:
      Declaration(
        section: .publishing, value: ArgumentValue("SECONDS", "seconds", .words(["0", "60", "600", "3600"])),
        summary: "how long the event stays in history; 0: it is never replayed",
        details: "History is for browsers that come back; the most is 31536000.")
    case .replace:
      Declaration(
        section: .publishing, value: ArgumentValue("NAME", "name of a value"), excludes: [.clear],
        summary: "the event is the value of this name; it takes the place of the one before",
        details: """
          A value belongs to its target, one user, one topic or everyone, and its name is any text of 1 to 128 bytes.
          The hub keeps the newest of each name, and gives it to browsers that connect.
          """)
    case .clear:
      Declaration(
        section: .publishing, value: ArgumentValue("NAME", "name of a value"), excludes: [.replace],
        summary: "the value of this name is taken back; the event tells it")
    case .requireDelivery:
      Declaration(
        section: .publishing, summary: "exit 3 when no connection got the event",
        details: "With `--lines`, when that is so for any of them.")
    case .reason:
      Declaration(
        section: .commands, value: ArgumentValue("TEXT", "reason"), summary: "why they are closed; browsers are told")
    case .duration:
      Declaration(
        section: .commands, value: ArgumentValue("TIME", "time", .words(["10m", "1h", "7d"])),
        summary: "how long it lasts; 30s, 10m, 1h or 7d, and without it until it is taken back")
    case .before:
      Declaration(
        section: .commands, value: ArgumentValue("TIME", "time"),
        summary: "of tokens that were issued before this time; in seconds since 1970, and without it before now")
    case .since:
      Declaration(
        section: .commands, value: ArgumentValue("ID", "event id", .words(["start"])),
        summary: "first the events after this one; start is the oldest that the hub holds")
    case .state:
      Declaration(
        section: .commands, value: ArgumentValue("FILE", "file", .files),
        summary: "keeps the last id in this file; the next run goes on behind it",
        details: """
          The file is made where there is none; until it holds an id, `--since` says where to begin.
          An event counts as done when it is printed, or when its command has ended, so that after a crash of \
          `pushhub-send` itself events that were done may come again; none is left out.
          The file belongs to one listener at a time.
          """)
    case .exec:
      Declaration(
        section: .commands, value: ArgumentValue("COMMAND", "shell command"),
        summary: "runs this with `sh -c` for each event; the payload is its standard input",
        details: """
          One at a time, in the order of the events, with `PUSHHUB_EVENT_ID`, `PUSHHUB_EVENT_TYPE` and \
          `PUSHHUB_EVENT_TARGET` (such as user:42) in its environment.
          The payload is JSON, or, of an event that was published with `--raw`, its text.
          Nothing is printed then but with `--json`, which prints each event before its command runs.
          A command that fails is told on standard error, its event counts as done, and the next is run.
          """)
    case .quiet:
      Declaration(
        section: .general, short: "q", excludes: [.json], summary: "print nothing but errors")
    case .json:
      Declaration(
        section: .general, excludes: [.quiet], summary: "print receipts and events as JSON",
        details: """
          One object a line: `{"id":…,"sentCount":…}` for an event, `{"closedCount":…}` for `disconnect`, \
          `revoke`, `unrevoke`, `block` and `unblock`, \
          `{"changedCount":…}` for `subscribe` and `unsubscribe`, `{"pong":true}` for `ping`.
          For `listen` and `watch` see there.
          """)
    case .socket:
      Declaration(
        section: .general, value: ArgumentValue("PATH", "socket", .files),
        summary: """
          the hub's socket; else $PUSHHUB_SOCKET, else /run/pushhub/publish.sock, else \
          $XDG_RUNTIME_DIR/pushhub/publish.sock
          """)
    case .timeout:
      Declaration(
        section: .general, value: ArgumentValue("TIME", "time", .words(["500ms", "1s", "5s", "30s"])),
        summary: "how long connecting and the reply may take; 5s, 500ms, 2m or a number of seconds (default: 15s)",
        details: """
          The default is longer than a hub needs to be restarted.
          Reading the payload does not count.
          With `listen` and `watch` it is how long it may take until the hub does what it was asked for.
          """)
    case .help: Declaration(section: .general, short: "h", summary: "print a summary")
    case .version: Declaration(section: .general, short: "V", summary: "print the version")
    }
  }
}

extension CommandOption {
  /// Options that make no sense beside this one, with a command or with publishing.
  func excluded(with word: CommandWord?) -> [CommandOption] {
    let excluded = declaration.excludes
    switch word {
    // Topics are not another target, but what the target is given.
    case .subscribe, .unsubscribe:
      return excluded.filter { Self.namesTopics.contains(self) == Self.namesTopics.contains($0) }
    // One may listen to all sorts at once.
    case .listen where declaration.section == .target: return [.all]
    case .listen where self == .all: return Self.allCases.filter { $0.declaration.section == .target }
    default: return excluded
    }
  }

  private static let namesTopics: [CommandOption] = [.topic, .topics]
}

/// What follows an option, or a command's word.
struct ArgumentValue {
  /// What completions offer for it.
  enum Suggestions {
    case none
    case files
    case words([String])
  }

  /// What stands for it in help: `ID`.
  var placeholder: String
  /// What it is, in words: `user id`.
  var meaning: String
  var suggestions: Suggestions

  init(_ placeholder: String, _ meaning: String, _ suggestions: Suggestions = .none) {
    self.placeholder = placeholder
    self.meaning = meaning
    self.suggestions = suggestions
  }
}
