import type { ClientOptions } from "./client.js";
import { HubClient } from "./hub-client.js";

export * from "./core.js";
export type { HubClient } from "./hub-client.js";
export { TabSource } from "./tabs.js";
export { TopicError } from "./topics.js";

/** Makes a client that follows topics, and can share its stream across tabs. It does nothing before `connect`. */
export function createClient(options: ClientOptions): HubClient {
  return new HubClient(options);
}
