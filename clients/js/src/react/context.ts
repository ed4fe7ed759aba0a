import { createContext } from "react";
import type { PushHubClient } from "../client.js";
import type { ConnectionOptions } from "../source.js";

/** The connection of the nearest provider; null without one. */
export const ClientContext = createContext<PushHubClient | null>(null);

/** The auth hook given to the nearest provider. */
export const AuthContext = createContext<ConnectionOptions["getToken"]>(null);
