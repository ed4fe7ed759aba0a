/// The options, by the names they have on the command line.
enum CommandOption: String, CaseIterable {
  case user, users, connection, broadcast
  case lines, text, file, key, ttl
  case requireDelivery = "require-delivery"
  case reason
  case quiet, json, socket, timeout, help, version

  /// As a person writes it.
  var name: String { "--" + rawValue }

  var takesValue: Bool {
    switch self {
    case .user, .users, .connection, .file, .key, .ttl, .reason, .socket, .timeout: true
    case .broadcast, .lines, .text, .requireDelivery, .quiet, .json, .help, .version: false
    }
  }

  /// Whether the option means the same whatever is asked of the hub.
  var isGeneral: Bool {
    switch self {
    case .quiet, .json, .socket, .timeout, .help, .version: true
    case .user, .users, .connection, .broadcast: false
    case .lines, .text, .file, .key, .ttl, .requireDelivery, .reason: false
    }
  }
}

/// The words that ask something else of the hub than to publish.
enum CommandWord: String, CaseIterable {
  case stats, connections, explain, disconnect, ping

  /// Whether an option means something with this word.
  func takes(_ option: CommandOption) -> Bool {
    switch option {
    case .user, .connection: self == .disconnect || self == .connections
    case .users, .reason: self == .disconnect
    default: option.isGeneral
    }
  }
}
