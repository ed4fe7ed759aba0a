import HubCore
import HubProtocol

/// Does what publishers' lines say, and has the reply.
struct CommandExecutor: Sendable {
  enum Outcome: Sendable {
    case reply(Reply)
    /// It succeeded, and the publisher wants no reply for that.
    case silence
    /// The reply needs the shards' answer.
    case ask(Question)
    /// The connection listens from now on.
    case listen([ListenTarget], since: ListenStart)
    case unlisten
    /// The connection watches from now on.
    case watch(WatchScope)
    case unwatch
  }

  let hub: Hub

  private var manager: SSEManager { hub.manager }

  func execute(_ line: borrowing LineReader.Line, from publisher: Publisher, now: Moment) -> Outcome {
    switch line {
    case .tooLong:
      return refuse(CommandError(.tooLong, "the line is longer than publish.max-line-size allows"), publisher)
    case .complete(let bytes):
      let rules = hub.rules
      switch CommandParser.parse(bytes, maxUsers: rules.settings.publish.maxUsers) {
      case .failure(let error): return refuse(error, publisher)
      case .success(let command): return execute(command, from: publisher, rules: rules, now: now)
      }
    }
  }

  /// The reply line to what was found out about a question.
  func reply(to finding: Finding, _ publisher: Publisher) -> Reply {
    switch finding {
    case .connections(let statuses, let topic): .json(ConnectionStatus.json(statuses, of: topic))
    case .standing(.success(let subscription)): reply(to: subscription, publisher)
    case .standing(.failure(let failure)):
      refusal(CommandError(.overloaded, "what users are given cannot be kept: \(failure.reason)"), publisher)
    case .revocation(.success(.inForce(let closed))): .count(closed)
    case .revocation(.success(.tooMany)):
      refusal(
        CommandError(
          .tooManyRevocations, "limits.revocations users are revoked or blocked: take some back first"), publisher)
    case .revocation(.failure(let failure)):
      refusal(CommandError(.overloaded, "this cannot be kept, and is not in force: \(failure.reason)"), publisher)
    case .metrics(let text): .json(text)
    }
  }

  private func execute(_ command: Command, from publisher: Publisher, rules: Rules, now: Moment) -> Outcome {
    guard allows(command, publisher, rules) else { return refuse(forbidden(publisher), publisher) }
    switch command {
    case .push(let target, let message, let wantsReply):
      return push(message, to: target, wantsReply: wantsReply, from: publisher, now: now)
    case .close(let target, let reason): return close(target, reason: reason, from: publisher, now: now)
    case .stats: return .reply(.json(hub.statisticsJSON(now: now)))
    case .explain(let id):
      switch manager.explain(id) {
      case .success(let trace): return .reply(.json(trace.json))
      case .failure(let unknown): return refuse(CommandError(.unknownEvent, unknown.message), publisher)
      }
    case .connections(let target): return ask(target, publisher)
    case .subscribe(.user(let user), let topics, let duration):
      return .ask(.standing(StandingChange(user: user, topics: topics, kind: .give(for: duration))))
    case .unsubscribe(.user(let user), let topics):
      return .ask(.standing(StandingChange(user: user, topics: topics, kind: .takeBack)))
    case .subscribe(.connection(let id), let topics, _):
      return .reply(reply(to: manager.subscribe(id, to: topics, now: now), publisher))
    case .unsubscribe(.connection(let id), let topics):
      return .reply(reply(to: manager.unsubscribe(id, from: topics, now: now), publisher))
    case .ping: return .reply(.pong)
    case .revoke(let user, nil): return change(user, .revoke(before: nil), publisher)
    case .revoke(let user, let time?):
      guard let before = UInt32(exactly: time) else {
        return refuse(CommandError(.badArgument, "before= is at most \(UInt32.max), in the year 2106"), publisher)
      }
      return change(user, .revoke(before: before), publisher)
    case .unrevoke(let user): return change(user, .unrevoke, publisher)
    case .block(let user, let duration): return change(user, .block(for: duration), publisher)
    case .unblock(let user): return change(user, .unblock, publisher)
    case .listen(let targets, let start): return .listen(targets, since: start)
    case .unlisten: return .unlisten
    case .watch(let scope): return .watch(scope)
    case .unwatch: return .unwatch
    case .help: return .reply(.json(JSONText.string(Command.grammar)))
    }
  }

  private func allows(_ command: Command, _ publisher: Publisher, _ rules: Rules) -> Bool {
    let rights = rules.settings.publish.allow
    return rights.ofEveryone.contains(command.right)
      || rights.allow(command.action, uid: publisher.uid, gids: publisher.gids)
  }

  private func forbidden(_ publisher: Publisher) -> CommandError {
    CommandError(.forbidden, "publish.allow does not let uid \(publisher.uid) do that")
  }

  /// What a publisher is told whose right to what it goes on doing a reload has taken away; nil where it still has it.
  func refusalOfRight(to command: Command, _ publisher: Publisher) -> Reply? {
    guard !allows(command, publisher, hub.rules) else { return nil }
    return refusal(forbidden(publisher), publisher)
  }

  private func push(
    _ message: Message, to target: Target, wantsReply: Bool, from publisher: Publisher, now: Moment
  ) -> Outcome {
    switch manager.publish(message, to: target, from: .process(pid: publisher.pid, uid: publisher.uid), now: now) {
    case .accepted(let id, let sentCount): return wantsReply ? .reply(.published(id, sentCount: sentCount)) : .silence
    case .unknownConnection: return refuse(Self.unknownConnection, publisher)
    case .keyReused: return refuse(Self.keyReused, publisher)
    case .tooManyKeys(let milliseconds):
      let seconds = (milliseconds + 999) / 1000
      return refuse(
        CommandError(
          .tooManyKeys, "limits.idempotency-keys are remembered, a quarter for one uid: try again in \(seconds) s"),
        publisher)
    case .tooManyValues:
      return refuse(
        CommandError(.tooManyValues, "history.max-values or history.max-value-bytes are held: clear some first"),
        publisher)
    case .overloaded: return refuse(CommandError(.overloaded, "too much waits to be sent: try again later"), publisher)
    case .draining: return refuse(CommandError(.draining, "the hub is stopping: try again later"), publisher)
    }
  }

  private func change(_ user: UserID, _ step: Revocation.Step, _ publisher: Publisher) -> Outcome {
    let publisher = PublisherIdentity.process(pid: publisher.pid, uid: publisher.uid)
    return .ask(.revocation(RevocationChange(user: user, step: step, by: publisher)))
  }

  private func ask(_ target: Target, _ publisher: Publisher) -> Outcome {
    switch target {
    case .topic(let topic) where topic != .everyone: return .ask(.connections(topic, nil))
    case .connection(let id):
      guard let user = manager.user(of: id) else { return refuse(Self.unknownConnection, publisher) }
      return .ask(.connections(.user(user), id))
    case .topic, .topics:
      return refuse(CommandError(.badTarget, "CONNECTIONS takes user:, topic: or conn:, and one"), publisher)
    }
  }

  private func close(_ target: Target, reason: String?, from publisher: Publisher, now: Moment) -> Outcome {
    switch target {
    case .connection(let id):
      switch manager.closeConnection(id, reason: .disconnected, detail: reason, now: now) {
      case .unknownConnection: return refuse(Self.unknownConnection, publisher)
      case .closed(let departures): return closed(departures)
      }
    case .topic(.user(let user)):
      return closed(manager.closeUserConnections(user, reason: .disconnected, detail: reason, now: now))
    case .topics(let topics) where topics.first?.user != nil:
      return closed(
        topics.compactMap(\.user).flatMap {
          manager.closeUserConnections($0, reason: .disconnected, detail: reason, now: now)
        })
    case .topic, .topics:
      return refuse(
        CommandError(.badTarget, "CLOSE takes user:, users: or conn:, not everyone and no topics"), publisher)
    }
  }

  private func reply(to subscription: Subscription, _ publisher: Publisher) -> Reply {
    switch subscription {
    case .changed(let connections): .count(connections)
    case .unknownConnection: refusal(Self.unknownConnection, publisher)
    case .tooMany(let limit): refusal(CommandError(.tooManyTopics, "that is more than \(limit) allows"), publisher)
    }
  }

  private func closed(_ departures: [Departure]) -> Outcome {
    for departure in departures { hub.happened(.streamClosed(departure)) }
    return .reply(.count(departures.count))
  }

  /// The connection ended in the middle of a line.
  func refuseIncompleteLine(of publisher: Publisher) -> Reply {
    let error = CommandError(.incomplete, "the last line does not end in a line feed and was not executed")
    return refusal(error, publisher)
  }

  private func refusal(_ error: CommandError, _ publisher: Publisher) -> Reply {
    hub.happened(.commandRefused(error, publisher))
    return Reply(error)
  }

  /// The reply to a command that the connection itself refuses.
  func refuse(_ error: CommandError, of publisher: Publisher) -> Reply { refusal(error, publisher) }

  private func refuse(_ error: CommandError, _ publisher: Publisher) -> Outcome { .reply(refusal(error, publisher)) }

  private static let keyReused = CommandError(
    .keyReused, "this key was used before, for another target, type or data: take a new key for a new event")
  private static let unknownConnection = CommandError(.unknownConnection, "no connection has that id, or it is closed")
}

extension Command {
  /// The right that it needs; empty where everyone may.
  fileprivate var right: PublishRule.Rights {
    switch self {
    case .push: .push
    case .close: .close
    case .connections: .connections
    case .subscribe, .unsubscribe: .subscribe
    case .stats: .stats
    case .explain: .explain
    case .listen: .listen
    case .watch: .watch
    case .revoke, .unrevoke, .block, .unblock: .revoke
    // The first two end what this publisher began.
    case .unlisten, .unwatch, .ping, .help: []
    }
  }

  fileprivate var action: PublishAction {
    switch self {
    case .push(let target, let message, _): PublishAction(right: right, subjects: target.subjects, event: message.type)
    case .close(let target, _), .connections(let target): PublishAction(right: right, subjects: target.subjects)
    case .subscribe(let subscriber, let topics, _), .unsubscribe(let subscriber, let topics):
      PublishAction(right: right, subjects: [subscriber.subject] + topics.map { .topic(.named($0)) })
    case .listen(let targets, _): PublishAction(right: right, subjects: targets.map(\.subject))
    case .watch(.users): PublishAction(right: right, subjects: [.users])
    case .watch(.topics(let pattern)): PublishAction(right: right, subjects: [pattern.subject])
    case .revoke(let user, _), .unrevoke(let user), .block(let user, _), .unblock(let user):
      PublishAction(right: right, subjects: [.topic(.user(user))])
    case .stats, .explain, .unlisten, .unwatch, .ping, .help: PublishAction(right: right)
    }
  }
}
