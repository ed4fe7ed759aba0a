public import Synchronization

/// Items for one thread, from any thread, in order; and the knowledge whether that thread must be woken.
///
/// Public, as only so it is specialised for the items of another module, and then costs a dozen instructions.
public final class Mailbox<Item: Sendable>: Sendable {
  @usableFromInline struct State {
    @usableFromInline var items: [Item] = []
    @usableFromInline var bytes = 0
    /// The reader looks again before it sleeps; nobody needs to wake it.
    @usableFromInline var isReaderAwake = true
    @usableFromInline var most: (items: Int, bytes: Int) = (0, 0)
  }

  /// More than this, and no further events are accepted until the reader has caught up.
  @inlinable public static var maxWaitingBytes: Int { 64 << 20 }
  @inlinable public static var maxWaitingItems: Int { 262_144 }

  @usableFromInline let state = Mutex(State())
  @usableFromInline let mustWake = Atomic(false)
  @usableFromInline let isFull = Atomic(false)
  @usableFromInline let poller: Poller

  /// - Parameter poller: where the reader sleeps; it is woken once for each time that it did.
  package init(waking poller: Poller) { self.poller = poller }

  @inlinable public var isOverloaded: Bool { isFull.load(ordering: .relaxed) }

  /// `size` is what the item holds, in bytes.
  @inlinable public func post(_ item: Item, size: Int = 0) {
    state.withLock { state in
      state.items.append(item)
      state.bytes += size
      if state.bytes > Self.maxWaitingBytes || state.items.count > Self.maxWaitingItems {
        isFull.store(true, ordering: .relaxed)
      }
      guard !state.isReaderAwake else { return }
      state.isReaderAwake = true
      mustWake.store(true, ordering: .relaxed)
    }
  }

  /// Wakes the reader if an item was posted while it slept.
  @inlinable public func wake() {
    guard mustWake.load(ordering: .relaxed), mustWake.exchange(false, ordering: .relaxed) else { return }
    poller.wake()
  }

  /// Takes all items in exchange for an empty array, whose storage is used again. Returns false where there are none
  /// and the reader is taken for asleep from now on.
  @inlinable public func exchange(_ items: inout [Item]) -> Bool {
    state.withLock { state in
      guard !state.items.isEmpty else {
        state.isReaderAwake = false
        return false
      }
      state.most = (max(state.most.items, state.items.count), max(state.most.bytes, state.bytes))
      swap(&state.items, &items)
      state.bytes = 0
      isFull.store(false, ordering: .relaxed)
      return true
    }
  }

  /// The most that ever waited, in items and in what they hold.
  package var most: (items: Int, bytes: Int) {
    state.withLock { state in
      (max(state.most.items, state.items.count), max(state.most.bytes, state.bytes))
    }
  }

  /// The reader woke for another reason.
  @inlinable public func readerWoke() {
    state.withLock { $0.isReaderAwake = true }
  }
}
