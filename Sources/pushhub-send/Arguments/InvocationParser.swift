import HubProtocol

/// Makes an `Invocation` of the arguments, or says in one line what would have been right.
struct InvocationParser {
  private var users: [String] = []
  private var topics: [String] = []
  private var connections: [String] = []
  private var values: [CommandOption: String] = [:]
  private var file: InputSource?
  private var optionsInOrder: [CommandOption] = []
  private var word: CommandWord?
  private var positionals: [[UInt8]] = []

  private init() {}

  /// - Parameter arguments: without the program's name.
  static func parse(_ arguments: [[UInt8]]) throws(Failure) -> Invocation {
    var scanner = ArgumentScanner(arguments)
    var parser = InvocationParser()
    while let token = try scanner.next() {
      switch token {
      case .option(let option, let value): try parser.take(option, value)
      case .positional(let argument): parser.take(argument)
      }
    }
    return try parser.invocation()
  }

  private mutating func take(_ option: CommandOption, _ value: [UInt8]) throws(Failure) {
    optionsInOrder.append(option)
    if option == .file {
      guard !value.isEmpty else { throw Failure(.usage, "--file needs a path, or - for standard input") }
      let source = InputSource(path: value)
      guard file == nil || file == source else { throw Failure(.usage, "--file is given twice, with two paths") }
      file = source
      return
    }
    guard let text = String(validating: value, as: UTF8.self) else {
      throw Failure(.usage, "the value of \(option.name) is not UTF-8")
    }
    if !option.declaration.isRepeatable, let other = self.value(of: option), !other.utf8.elementsEqual(text.utf8) {
      throw Failure(.usage, "\(option.name) is given twice, as \(other) and as \(text)")
    }
    switch option {
    case .user: users.append(text)
    case .users: users += Self.list(text)
    case .topic: topics.append(text)
    case .topics: topics += Self.list(text)
    case .connection: connections.append(text)
    default: values[option] = text
    }
  }

  private func value(of option: CommandOption) -> String? {
    option == .connection ? connections.first : values[option]
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// A command's word is one only where no target came before it: `--user 42 stats …` publishes an event named `stats`.
  private mutating func take(_ argument: [UInt8]) {
    if word == nil, positionals.isEmpty, !hasTarget,
      let word = CommandWord(rawValue: String(decoding: argument, as: UTF8.self))
    {
      self.word = word
    } else {
      positionals.append(argument)
    }
  }

  private var hasTarget: Bool { !users.isEmpty || !topics.isEmpty || !connections.isEmpty || has(.broadcast) }
  /// An argument is only ever text.
  private var isText: Bool { has(.text) || has(.raw) }

  private func has(_ option: CommandOption) -> Bool { values[option] != nil }

  private func invocation() throws(Failure) -> Invocation {
    if has(.help) { return Invocation(task: .help(word == .help ? nil : word)) }
    if has(.version) { return Invocation(task: .version) }
    var invocation = Invocation(task: try task())
    try checkExclusions()
    invocation.output = has(.quiet) ? .quiet : has(.json) ? .json : .plain
    invocation.requiresDelivery = has(.requireDelivery)
    invocation.socketPath = values[.socket]
    if let text = values[.timeout] {
      guard let timeout = Timeout(text) else {
        throw Failure(.usage, "--timeout \(text): give a time such as 5s, 500ms or 5, at most a day")
      }
      invocation.timeout = timeout
    }
    if invocation.socketPath == "" { throw Failure(.usage, "--socket needs a path") }
    return invocation
  }

  private func checkExclusions() throws(Failure) {
    for (index, option) in optionsInOrder.enumerated() {
      let excluded = option.excluded(with: word)
      if let other = optionsInOrder[..<index].first(where: excluded.contains) {
        throw Failure(.usage, "\(other.name) and \(option.name) exclude each other")
      }
    }
  }

  private func task() throws(Failure) -> Invocation.Task {
    guard let word else { return try publication() }
    if let stray = optionsInOrder.first(where: { !word.takes($0) }) {
      let hint =
        switch word {
        case .disconnect: "name users or a connection"
        case .connections: "name one user, one topic or a connection"
        case .subscribe, .unsubscribe: "name one user or a connection, and topics"
        case .revoke, .unrevoke, .block, .unblock: "name one user"
        case .watch: "say watch users or watch --topic NAME"
        case .listen, .stats, .explain, .ping, .help: "to publish an event of this type, put its target before it"
        }
      throw Failure(.usage, "\(stray.name) has no meaning for \(word.rawValue); \(hint)")
    }
    switch word {
    case .listen: return .listen(try listening())
    case .watch: return .watch(topic: try watchedTopic())
    case .revoke: return .changeRights(user: try user(), .revoke(before: try before()))
    case .unrevoke: return .changeRights(user: try user(), .unrevoke)
    case .block: return .changeRights(user: try user(), .block(duration: values[.duration]))
    case .unblock: return .changeRights(user: try user(), .unblock)
    case .stats:
      try expectPositionals(0, "stats takes no arguments")
      return .query(.statistics)
    case .ping:
      try expectPositionals(0, "ping takes no arguments")
      return .query(.ping)
    case .help: return .help(try explainedWord())
    case .connections:
      return .query(.connections(try queriedTarget()))
    case .explain:
      try expectPositionals(1, "explain takes one event id, as publishing printed it")
      return .query(.explain(event: try Self.text(positionals[0], "the event id")))
    case .disconnect:
      try expectPositionals(0, "disconnect takes its target from --user, --users or --connection")
      return .disconnect(try target(), reason: values[.reason])
    case .subscribe:
      return .subscribe(try subscriber(), topics: topics, duration: values[.duration])
    case .unsubscribe:
      return .unsubscribe(try subscriber(), topics: topics)
    }
  }

  private func expectPositionals(_ count: Int, _ message: String) throws(Failure) {
    guard positionals.count == count else { throw Failure(.usage, message) }
  }

  private func queriedTarget() throws(Failure) -> TargetText {
    let message = "connections takes one user id, --topic NAME or --connection ID"
    if hasTarget {
      try expectPositionals(0, message)
      guard users.count <= 1, topics.count <= 1 else { throw Failure(.usage, message) }
      return try target()
    }
    try expectPositionals(1, message)
    guard !positionals[0].isEmpty else { throw Failure(.usage, message) }
    return .user(try Self.text(positionals[0], "the user id"))
  }

  /// Who is given topics, or loses them; the topics are there as well.
  private func subscriber() throws(Failure) -> TargetText {
    let word = word?.rawValue ?? ""
    try expectPositionals(0, "\(word) takes its target and topics from options: --user 42 --topic orders/42")
    guard users.count + connections.count > 0 else {
      throw Failure(.usage, "say whose topics \(word) is about: --user ID or --connection ID")
    }
    guard users.count <= 1 else { throw Failure(.usage, "\(word) is about one user at a time") }
    guard !topics.isEmpty else { throw Failure(.usage, "say which topics: --topic NAME or --topics NAME,NAME") }
    return try target()
  }

  private func listening() throws(Failure) -> Listening {
    try expectPositionals(0, "listen takes its targets from options: --user ID, --topic NAME, --broadcast or --all")
    try checkNames()
    var targets: [ListenText] = []
    if has(.all) { targets.append(.all) }
    if has(.broadcast) { targets.append(.target(.everyone)) }
    targets += users.map { .target(.user($0)) } + topics.map { .target(.topic($0)) }
    targets += connections.map { .target(.connection($0)) }
    guard !targets.isEmpty else {
      throw Failure(.usage, "say what to listen to: --user ID, --topic NAME, --broadcast, or --all")
    }
    for option in [CommandOption.since, .state, .exec] where values[option] == "" {
      throw Failure(.usage, "\(option.name) needs a value")
    }
    return Listening(
      targets: targets, since: values[.since], statePath: values[.state], command: values[.exec])
  }

  /// Nil for all users.
  private func watchedTopic() throws(Failure) -> String? {
    try checkNames()
    let message = "say whom to watch: watch users, or watch --topic NAME"
    guard let topic = topics.first else {
      guard positionals.map({ String(decoding: $0, as: UTF8.self) }) == ["users"] else {
        throw Failure(.usage, message)
      }
      return nil
    }
    guard topics.count == 1, positionals.isEmpty else { throw Failure(.usage, message) }
    return topic
  }

  /// The one user that a command is about.
  private func user() throws(Failure) -> String {
    let word = word?.rawValue ?? ""
    guard positionals.isEmpty, users.count == 1, let user = users.first else {
      throw Failure(.usage, "\(word) is about one user: \(word) --user ID")
    }
    try checkNames()
    return user
  }

  private func before() throws(Failure) -> Int64? {
    guard let text = values[.before] else { return nil }
    guard text.utf8.allSatisfy(\.isDigit), let time = Int64(text) else {
      throw Failure(.usage, "--before \(text): give seconds since 1970, as date +%s prints them")
    }
    return time
  }

  private func explainedWord() throws(Failure) -> CommandWord? {
    guard let argument = positionals.first else { return nil }
    try expectPositionals(1, "help takes one command")
    let name = String(decoding: argument, as: UTF8.self)
    guard let word = CommandWord(rawValue: name) else {
      let words = CommandWord.allCases.map(\.rawValue)
      let advice = NearMiss.best(for: name, among: words).map { "did you mean \($0)?" }
      throw Failure(.usage, "there is no command \(name): \(advice ?? "there are \(words.joined(separator: ", "))")")
    }
    return word
  }

  private func checkNames() throws(Failure) {
    guard !(users + connections).contains("") else { throw Failure(.usage, "an id in the target is empty") }
    guard !topics.contains("") else { throw Failure(.usage, "the name of a topic is empty") }
  }

  private func target() throws(Failure) -> TargetText {
    try checkNames()
    if let user = users.first { return users.count == 1 ? .user(user) : .users(users) }
    if let connection = connections.first { return .connection(connection) }
    if let topic = topics.first { return topics.count == 1 ? .topic(topic) : .topics(topics) }
    if has(.broadcast) { return .everyone }
    throw missingTarget()
  }

  private func missingTarget() -> Failure {
    if word == .disconnect {
      return Failure(.usage, "say whom to disconnect: --user ID, --users ID,ID or --connection ID")
    }
    if let guess = meantCommand { return Failure(.usage, guess) }
    let words = CommandWord.allCases.map(\.rawValue)
    return Failure(
      .usage,
      "say whom to send to: --user ID, --topic NAME, --connection ID or --broadcast (or a command: "
        + "\(words.joined(separator: ", ")))")
  }

  /// What a first word that is nearly a command's was probably meant to be.
  private var meantCommand: String? {
    let first = positionals.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let guess = NearMiss.best(for: first, among: CommandWord.allCases.map(\.rawValue))
    return guess.map { "there is no command \(first): did you mean \($0)?" }
  }

  private func publication() throws(Failure) -> Invocation.Task {
    if let stray = optionsInOrder.first(where: { $0.declaration.section == .commands }) {
      let words = CommandWord.allCases.filter { $0.takes(stray) }.map(\.rawValue)
      throw Failure(.usage, "\(stray.name) has a meaning only for \(words.joined(separator: " and "))")
    }
    let target = try target()
    guard let event = positionals.first else {
      throw Failure(.usage, "the event type is missing; - stands for the default, message")
    }
    var publication = Publication(target: target, event: try Self.text(event, "the event type"))
    publication.form = has(.raw) ? .raw : has(.text) ? .text : .json
    publication.key = values[.key]
    publication.ttl = try ttl()
    publication.value = values[.replace].map { .replace($0) } ?? values[.clear].map { .clear($0) }
    if publication.value != nil { try checkValue(of: publication) }
    return has(.lines) ? try lines(of: publication) : .publish(publication, try payload())
  }

  private func checkValue(of publication: Publication) throws(Failure) {
    switch publication.target {
    case .user, .topic, .everyone: break
    case .users, .topics, .connection:
      throw Failure(
        .usage, "a value belongs to one user, one topic or everyone: --user ID, --topic NAME or --broadcast")
    }
    if has(.replace), publication.ttl == 0 {
      throw Failure(.usage, "--replace with --ttl 0: a value that lasts 0 seconds is none")
    }
  }

  private func payload() throws(Failure) -> Payload {
    let arguments = Array(positionals.dropFirst())
    if let file {
      guard arguments.isEmpty else { throw Failure(.usage, "the payload is --file's; an argument is one too many") }
      return .input(file)
    }
    guard let argument = arguments.first else {
      if let guess = meantCommand { throw Failure(.usage, guess) }
      throw Failure(.usage, "the payload is missing: JSON, name=text …, @FILE, - for standard input, or --text TEXT")
    }
    if !isText, let pairs = try pairs(arguments) { return .pairs(pairs) }
    guard arguments.count == 1 else {
      throw Failure(.usage, "one payload, please; a payload with blanks in it needs quotes")
    }
    return isText ? .argument(argument) : Payload(argument: argument)
  }

  /// - Returns: nil where none of the arguments is a pair.
  private func pairs(_ arguments: [[UInt8]]) throws(Failure) -> [PairArgument]? {
    let pairs = arguments.map { PairArgument($0) }
    guard pairs.contains(where: { $0 != nil }) else { return nil }
    var names: Set<String> = []
    var result: [PairArgument] = []
    for (pair, argument) in zip(pairs, arguments) {
      guard let pair else {
        let text = String(decoding: argument.prefix(40), as: UTF8.self)
        throw Failure(.usage, "of name=text and name:=JSON arguments all must be such: \(text) is not")
      }
      guard names.insert(pair.name).inserted else { throw Failure(.usage, "\(pair.name) is given twice") }
      result.append(pair)
    }
    return result
  }

  private func lines(of publication: Publication) throws(Failure) -> Invocation.Task {
    guard publication.key == nil else {
      throw Failure(.usage, "--key names one event; with --lines every line but the first would be a repetition")
    }
    let arguments = positionals.dropFirst()
    guard let argument = arguments.first else { return .publishLines(publication, file ?? .standardInput) }
    guard arguments.count == 1, file == nil, !isText, case .input(let source) = Payload(argument: argument)
    else {
      throw Failure(.usage, "--lines reads its payloads from standard input, or from --file PATH")
    }
    return .publishLines(publication, source)
  }

  private func ttl() throws(Failure) -> Int? {
    guard let text = values[.ttl] else { return nil }
    guard let ttl = Message.ttl(text) else {
      throw Failure(.usage, "--ttl \(text): give whole seconds from 0 to \(Message.maxTTL)")
    }
    return ttl
  }

  private static func text(_ argument: [UInt8], _ what: String) throws(Failure) -> String {
    guard let text = String(validating: argument, as: UTF8.self) else {
      throw Failure(.badData, "\(what) is not UTF-8")
    }
    return text
  }
}
