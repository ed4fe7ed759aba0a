import { ClientOptions, PushHubClient } from "./client.js";
import { HubSource } from "./hub-source.js";
import type { AddedTopics } from "./source.js";

/** A client that follows topics, and can share its stream across tabs. */
export class HubClient extends PushHubClient {
  #hub: HubSource | undefined;

  constructor(options: ClientOptions) {
    super(options, (...given) => (this.#hub = new HubSource(...given)));
  }

  /**
   * Follows topics, too, from the position that it resolves with; what was published before is in the last values.
   * Rejects with a `TopicError` where the hub refuses. They are followed over all reconnects.
   */
  readonly addTopics = (names: readonly string[]): Promise<AddedTopics> => this.#topics.add(names);

  readonly removeTopics = (names: readonly string[]): void => void this.#topics.remove(names);

  get #topics(): HubSource["topics"] {
    this.source();
    return (this.#hub as HubSource).topics;
  }
}
