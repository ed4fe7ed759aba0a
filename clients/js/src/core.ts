export { PushHubClient } from "./client.js";
export type { ClientOptions } from "./client.js";
export { Connection } from "./connection.js";
export type { EventHandler, PushEvent } from "./event.js";
export { EventStreamParser } from "./parser.js";
export type { ParserHandlers } from "./parser.js";
export type {
  AddedTopics,
  ConnectionError,
  ConnectionOptions,
  ConnectionState,
  Snapshot,
  Source,
  SourceFactory,
  SourceOwner,
  Token,
  TopicControl,
} from "./source.js";
