import { PushHubClient, ClientOptions } from "./client.js";
import { Connection } from "./connection.js";
import { TabSource } from "./tabs.js";

export * from "./core.js";
export { TabSource } from "./tabs.js";

/** Makes a client that can share its stream across tabs (`shareAcrossTabs`). It does nothing before `connect`. */
export function createClient(options: ClientOptions): PushHubClient {
  return new PushHubClient(options, (current, owner) =>
    current().shareAcrossTabs ? new TabSource(current, owner) : new Connection(current, owner),
  );
}
