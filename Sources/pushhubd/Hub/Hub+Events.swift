import Glibc
import HubCore
import HubProtocol
import Logging
import Runtime

/// What the log and the counters make of what happens. Each entry has a line of its own here: by it the log tells entries
/// that are alike.
extension Hub {
  func happened(_ event: HubEvent) {
    switch event {
    case .streamOpened(let request):
      logger.record(
        .connectionOpened, "connection opened from \(request.remoteAddress.description)", fields(of: request))
    case .streamRefused(let request, let problem):
      logger.record(
        .connectionRefused, "connection refused: \(problem.rawValue)",
        fields(of: request, refused: problem.rawValue))
    case .streamClosed(let departure):
      let kind: LogEntryKind = departure.reason == .slowConsumer ? .slowConsumer : .connectionClosed
      logger.record(kind, "connection closed: \(departure.reason.rawValue)", fields(of: departure))

    case .answered(let status, let problem):
      counters.httpAnswers.add(status)
      if let problem { counters.httpRefusals.add(problem) }
    case .tokenRefused(let refusal):
      counters.tokenRefusals.add(refusal)
      logger.record(.tokenRefused, "token refused: \(refusal.errorDescription)", [.reason: refusal.label])
    case .originRefused(let origin):
      logger.record(.originRefused, "an origin is refused that is not in http.allowed-origins", [.origin: origin])

    case .publisherConnected(let publisher):
      counters.publisherConnects.add()
      logger.record(.publisherConnected, "publisher connected", fields(of: publisher))
    case .publisherRefused(let publisher):
      counters.commandErrors.add(.overloaded)
      logger.record(
        .publisherRefused, "publisher refused: as many as allowed are connected", fields(of: publisher))
    case .publisherGaveWay(let publisher):
      logger.record(.publisherGaveWay, "publisher silent for longest gives way to another", fields(of: publisher))
    case .publisherDisconnected(let publisher):
      logger.record(.publisherDisconnected, "publisher disconnected", fields(of: publisher))
    case .listenerTooSlow(let publisher):
      counters.commandErrors.add(.slowConsumer)
      logger.record(.listenerTooSlow, "listener too slow: it listens no longer", fields(of: publisher))
    case .commandRefused(let error, let publisher):
      counters.commandErrors.add(error.code)
      // Not the message: it quotes the line, and that may be anything.
      let kind: LogEntryKind = error.code == .forbidden ? .commandForbidden : .commandRefused
      logger.record(
        kind, "command refused: \(error.code.rawValue)", fields(of: publisher, reason: error.code.rawValue))
    case .publishSocket(let finding, let path): tell(finding, of: path)
    case .revocation(let change, let revocation, let closed): tell(change, revocation, closed: closed)
    case .stateNotKept(let reason): logger.record(.stateNotKept, "the state cannot be kept: \(reason)")

    case .acceptingFails(let clients, let number):
      logger.record(
        .descriptorLimitReached, "cannot accept \(clients.rawValue): \(systemError(number)); trying again")
    case .acceptingWorksAgain(let clients):
      logger.record(.descriptorLimitRecovered, "\(clients.rawValue) are accepted again")
    case .listenerFailed(let clients, let reason):
      // At the end the sockets may be another process's already.
      if !isDraining { fail("the listening socket for \(clients.rawValue) failed: \(reason)") }
    }
  }

  private func tell(_ change: RevocationChange, _ revocation: Revocation, closed: Int) {
    switch change.step {
    case .revoke:
      let before = timestamp(wall: Int64(revocation.issuedBefore) * 1000)
      logger.record(
        .userRevoked, "tokens issued before \(before) are revoked; \(closed) streams are closed", fields(of: change))
    case .unrevoke: logger.record(.userUnrevoked, "no token is revoked any more", fields(of: change))
    case .block:
      let end = revocation.blockedUntil == .max ? "unblocked" : timestamp(wall: revocation.blockedUntil)
      logger.record(.userBlocked, "blocked until \(end); \(closed) streams are closed", fields(of: change))
    case .unblock: logger.record(.userUnblocked, "not blocked any more", fields(of: change))
    }
  }

  private func tell(_ finding: PublishSocketWatch.Finding, of path: String) {
    switch finding {
    case .gone(let obstacle?):
      logger.record(.publishSocketGone, "publishers cannot connect: \(path) is gone; to be made anew, but \(obstacle)")
    case .gone(nil):
      logger.record(
        .publishSocketGone,
        """
        publishers cannot connect: \(path) is gone, which was passed to the hub, so that it cannot make it anew: \
        stop the hub together with the socket's unit, and start it again
        """)
    case .reopened: logger.record(.publishSocketBack, "the publishers' socket \(path) was gone and is made anew")
    case .back: logger.record(.publishSocketBack, "the publishers' socket \(path) is there again")
    }
  }

  /// Ends the process, to be started anew.
  private func fail(_ problem: String) {
    logger.record(.hubFailed, "\(problem); ending, to be started anew")
    notifier.failed(problem)
    log.end()
    exit(EX_OSERR)
  }

  // MARK: - Whom it is about

  private func fields(of request: ConnectionRequest, refused reason: String? = nil) -> LogValues {
    var fields: LogValues = [.user: request.user.text]
    fields[.connection] = reason == nil ? request.id.description : nil
    fields[.reason] = reason
    fields[.client] = request.client?.text
    return fields
  }

  private func fields(of departure: Departure) -> LogValues {
    var fields: LogValues = [
      .user: departure.user.text, .connection: departure.connection.description,
      .reason: departure.reason.rawValue,
    ]
    fields[.client] = departure.client?.text
    return fields
  }

  private func fields(of change: RevocationChange) -> LogValues {
    var fields: LogValues = [.user: change.user.text]
    switch change.by {
    case .process(let pid, let uid):
      fields[.publisherPID] = "\(pid)"
      fields[.publisherUID] = "\(uid)"
    case .user(let admin): fields[.admin] = admin.text
    case .unknown: break
    }
    return fields
  }

  private func fields(of publisher: Publisher, reason: String? = nil) -> LogValues {
    var fields: LogValues = [
      .publisherPID: "\(publisher.pid)", .publisherUID: "\(publisher.uid)", .publisherGID: "\(publisher.gid)",
    ]
    fields[.reason] = reason
    return fields
  }
}
