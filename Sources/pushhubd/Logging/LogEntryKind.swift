internal import Logging

/// The documented kinds of log entry, `docs/logging.md`. Each has a MESSAGE_ID, by which `journalctl -x` finds its
/// explanation in `systemd/pushhub.catalog`; ids never change and are never given to another kind.
///
/// The raw value is what stands in the metadata under ``LogField/kind``.
enum LogEntryKind: String, CaseIterable, Sendable {
  case hubStarted = "hub-started"
  case hubReady = "hub-ready"
  case hubStopping = "hub-stopping"
  case hubStopped = "hub-stopped"
  case hubFailed = "hub-failed"
  case configurationReloaded = "configuration-reloaded"
  case configurationRefused = "configuration-refused"
  case connectionOpened = "connection-opened"
  case connectionClosed = "connection-closed"
  case connectionRefused = "connection-refused"
  case slowConsumer = "slow-consumer"
  case tokenRefused = "token-refused"
  case originRefused = "origin-refused"
  case userRevoked = "user-revoked"
  case userUnrevoked = "user-unrevoked"
  case userBlocked = "user-blocked"
  case userUnblocked = "user-unblocked"
  case publisherConnected = "publisher-connected"
  case publisherDisconnected = "publisher-disconnected"
  case publisherRefused = "publisher-refused"
  case publisherGaveWay = "publisher-gave-way"
  case listenerTooSlow = "listener-too-slow"
  case commandRefused = "command-refused"
  case commandForbidden = "command-forbidden"
  case publishSocketGone = "publish-socket-gone"
  case publishSocketBack = "publish-socket-back"
  case stateNotKept = "state-not-kept"
  case stateKeptAgain = "state-kept-again"
  case descriptorLimitReached = "descriptor-limit-reached"
  case descriptorLimitRecovered = "descriptor-limit-recovered"
  case watchdogOverdue = "watchdog-overdue"
  case entriesLost = "entries-lost"

  /// 128 random bits in hexadecimal, sd-id128(3).
  var messageID: String {
    switch self {
    case .hubStarted: "50a253e391dd4e81b19b476f535de8ae"
    case .hubReady: "09d161936e404f1aa0165324a82a6371"
    case .hubStopping: "5b80803045404af79f0c78121e6f4e3b"
    case .hubStopped: "290347fb5d574ca1b5ba5a1b92fa05f1"
    case .hubFailed: "212946acc7c54d46841b20edaa471bee"
    case .configurationReloaded: "a23fc380d54642d8a44d1c015c9ba5b0"
    case .configurationRefused: "e979ab00d7624853ae72855a1bb55d4f"
    case .connectionOpened: "d71bac591f52454789f3055ed5cbbab1"
    case .connectionClosed: "719a03195a994db4813d0406fc4e6383"
    case .connectionRefused: "0609d2ea5a954c60876f788e81965dae"
    case .slowConsumer: "1529acd9f97f4dfa9fd615e36c3270e8"
    case .tokenRefused: "7cd16aef39b4486889975ab6c616c5bf"
    case .originRefused: "fe3ce73271af4db9a3b004229239e978"
    case .userRevoked: "bfc16daf68e242ca9285241ade2382de"
    case .userUnrevoked: "d3d01e9c02c044bd8a0cf8b0b82bc0a7"
    case .userBlocked: "6ed042828b0142e9b772a94ba7700e55"
    case .userUnblocked: "9a4ad107ffc849dab24b049dc9c83aad"
    case .publisherConnected: "9343b17127ec44c7bf5078f74dc7a576"
    case .publisherDisconnected: "c2da51067e844ad8875673a0d0e9edc0"
    case .publisherRefused: "5636cae364284499acdb30ecd4c84d10"
    case .publisherGaveWay: "a3b35e3b2b094727bbb36647d0ceefa9"
    case .listenerTooSlow: "28fac2ad13ef4587a3aa74c239f33edc"
    case .commandRefused: "6636971efcd64639bf7b5a5aa54c0c56"
    case .commandForbidden: "eaad102f5259da88192ad8f888086053"
    case .publishSocketGone: "88fe3468f5c44cfdbe9b45a99490f631"
    case .publishSocketBack: "057184a723d0481792965b70bdddcf09"
    case .stateNotKept: "e0f6fef97ec64418903729b1e0e10e1d"
    case .stateKeptAgain: "f39e9a4871bd492eaf9a83e6ff126723"
    case .descriptorLimitReached: "1a222d7317d44a29977b6a623c96c581"
    case .descriptorLimitRecovered: "2b9224e221ed447cb052781b955f8fc3"
    case .watchdogOverdue: "37771d60c5494174979452846c4387a7"
    case .entriesLost: "2671f7231eb347de842f6068b190e481"
    }
  }

  /// The level at which the hub writes this kind.
  var level: Logger.Level {
    switch self {
    case .publisherConnected, .publisherDisconnected, .commandRefused: .debug
    case .hubStarted, .hubReady, .hubStopping, .hubStopped, .connectionOpened, .connectionClosed, .tokenRefused: .info
    case .configurationReloaded, .descriptorLimitRecovered, .originRefused, .publishSocketBack, .userRevoked,
      .userUnrevoked, .userBlocked, .userUnblocked, .stateKeptAgain:
      .notice
    case .connectionRefused, .slowConsumer, .publisherRefused, .publisherGaveWay, .listenerTooSlow, .commandForbidden,
      .descriptorLimitReached, .entriesLost:
      .warning
    case .configurationRefused, .watchdogOverdue, .publishSocketGone, .stateNotKept: .error
    case .hubFailed: .critical
    }
  }
}

extension Logger {
  /// Writes an entry of a documented kind, at that kind's level.
  ///
  /// `values` tells whom it is about: `[.user: "42", .connection: "conn_…"]`. No token, no payload.
  func record(
    _ kind: LogEntryKind,
    _ message: @autoclosure () -> Logger.Message,
    _ values: @autoclosure () -> LogValues = [:],
    file: String = #fileID,
    function: String = #function,
    line: UInt = #line
  ) {
    guard kind.level >= logLevel else {
      return
    }
    if let handler = handler as? HubLogHandler, handler.isWithoutMetadata {
      return handler.record(kind, message, values, file: file, function: function, line: line)
    }
    var fields: Logger.Metadata = [LogField.kind.rawValue: .string(kind.rawValue)]
    for value in values().all {
      fields[value.field.rawValue] = .string(value.text)
    }
    log(level: kind.level, message(), metadata: fields, file: file, function: function, line: line)
  }
}
