package import HubProtocol

/// The name of a value and the target that it belongs to: later events with the same key take the place of earlier ones.
package final class ValueKey: Hashable, Sendable {
  package let topic: Topic
  package let name: ValueName

  package init(_ topic: Topic, _ name: ValueName) {
    self.topic = topic
    self.name = name
  }

  package static func == (left: ValueKey, right: ValueKey) -> Bool {
    left === right || left.name == right.name && left.topic == right.topic
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(topic)
    hasher.combine(name)
  }
}
