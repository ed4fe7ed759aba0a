package import Synchronization

/// Letters for one thread, from any thread, in order; and the knowledge whether that thread must be woken.
package final class Mailbox<Letter: Sendable>: Sendable {
  @usableFromInline package struct State {
    @usableFromInline package var letters: [Letter] = []
    @usableFromInline package var bytes = 0
    /// The reader looks again before it sleeps; nobody needs to wake it.
    @usableFromInline package var isReaderAwake = true
    @usableFromInline package var most: (letters: Int, bytes: Int) = (0, 0)
  }

  /// More than this, and no further events are accepted until the reader has caught up.
  @inlinable package static var maxWaitingBytes: Int { 64 << 20 }
  @inlinable package static var maxWaitingLetters: Int { 262_144 }

  @usableFromInline package let state = Mutex(State())
  @usableFromInline package let mustWake = Atomic(false)
  @usableFromInline package let isFull = Atomic(false)
  @usableFromInline package let poller: Poller

  /// - Parameter poller: where the reader sleeps; it is woken once for each time that it did.
  package init(waking poller: Poller) { self.poller = poller }

  @inlinable package var isOverloaded: Bool { isFull.load(ordering: .relaxed) }

  /// `size` is what the letter holds, in bytes.
  @inlinable package func post(_ letter: Letter, size: Int = 0) {
    state.withLock { state in
      state.letters.append(letter)
      state.bytes += size
      if state.bytes > Self.maxWaitingBytes || state.letters.count > Self.maxWaitingLetters {
        isFull.store(true, ordering: .relaxed)
      }
      guard !state.isReaderAwake else { return }
      state.isReaderAwake = true
      mustWake.store(true, ordering: .relaxed)
    }
  }

  /// Wakes the reader if a letter was posted while it slept.
  @inlinable package func wake() {
    guard mustWake.load(ordering: .relaxed), mustWake.exchange(false, ordering: .relaxed) else { return }
    poller.wake()
  }

  /// Takes all letters in exchange for an empty array, whose storage is used again. Returns false where there are none
  /// and the reader is taken for asleep from now on.
  @inlinable package func exchange(_ letters: inout [Letter]) -> Bool {
    state.withLock { state in
      guard !state.letters.isEmpty else {
        state.isReaderAwake = false
        return false
      }
      state.most = (max(state.most.letters, state.letters.count), max(state.most.bytes, state.bytes))
      swap(&state.letters, &letters)
      state.bytes = 0
      isFull.store(false, ordering: .relaxed)
      return true
    }
  }

  /// The most that ever waited, in letters and in what they hold.
  package var most: (letters: Int, bytes: Int) {
    state.withLock { state in
      (max(state.most.letters, state.letters.count), max(state.most.bytes, state.bytes))
    }
  }

  /// The reader woke for another reason.
  @inlinable package func readerWoke() {
    state.withLock { $0.isReaderAwake = true }
  }
}
