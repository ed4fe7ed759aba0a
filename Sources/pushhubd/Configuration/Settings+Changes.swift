/// What a reload changes, in words for the log.
struct SettingsChanges: Sendable, Equatable {
  /// Counts from now on: `log.level: info -> debug`.
  var live: [String] = []
  /// Counts after a restart.
  var needsRestart: [String] = []

  var isEmpty: Bool { live.isEmpty && needsRestart.isEmpty }
}

extension Settings {
  /// Key by key, in the order of the documentation.
  func changes(from old: Settings) -> SettingsChanges {
    var changes = SettingsChanges()
    for key in SettingKey.all {
      let (before, after) = (key.write(old), key.write(self))
      guard before != after else { continue }
      let text = "\(key.name): \(Self.shown(before)) -> \(Self.shown(after))"
      switch key.effect {
      case .atReload: changes.live.append(text)
      case .atRestart: changes.needsRestart.append(text)
      }
    }
    return changes
  }

  /// These settings as far as they count at once; what needs a restart stays as it was.
  func live(over old: Settings) -> Settings {
    var settings = self
    for key in SettingKey.all where key.effect == .atRestart { key.copy(old, &settings) }
    return settings
  }

  private static func shown(_ text: String) -> String { text.isEmpty ? "nothing" : text }
}
