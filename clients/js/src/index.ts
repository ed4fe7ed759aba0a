import { PushHubClient, ClientOptions } from "./client.js";
import { HubSource } from "./hub-source.js";

export * from "./core.js";
export { TabSource } from "./tabs.js";
export { TopicError } from "./topics.js";

/** Makes a client that follows topics, and can share its stream across tabs. It does nothing before `connect`. */
export function createClient(options: ClientOptions): PushHubClient {
  return new PushHubClient(options, (...given) => new HubSource(...given));
}
