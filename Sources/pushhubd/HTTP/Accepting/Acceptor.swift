/// One thread that accepts HTTP connections. This is what others see of it.
final class Acceptor: Sendable {
  enum Letter: Sendable {
    case ping(@Sendable () -> Void)
    /// Accept nobody any more, give away who has not said anything yet, and answer.
    case stop(@Sendable () -> Void)
  }

  let poller: Poller
  let mailbox: Mailbox<Letter>

  init() throws(SystemCallError) {
    let poller = try Poller()
    self.poller = poller
    mailbox = Mailbox { poller.wake() }
  }

  func post(_ letter: Letter) {
    mailbox.post(letter)
    mailbox.wake()
  }

  func stop() async {
    await withCheckedContinuation { continuation in
      post(.stop { continuation.resume() })
    }
  }
}
