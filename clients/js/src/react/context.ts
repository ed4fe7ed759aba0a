import { createContext } from "react";
import type { HubClient } from "../hub-client.js";
import type { ConnectionOptions } from "../source.js";

/** The connection of the nearest provider; null without one. */
export const ClientContext = createContext<HubClient | null>(null);

/** The auth hook given to the nearest provider. */
export const AuthContext = createContext<ConnectionOptions["getToken"]>(null);
