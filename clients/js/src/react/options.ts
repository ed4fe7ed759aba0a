import type { ClientOptions } from "../client.js";

export interface UseSSEOptions extends Omit<ClientOptions, "url"> {
  /** The address of the stream; while it is null nothing happens. Default null. */
  url?: string | null;
  /** Connect on mount. Default true. */
  autoconnect?: boolean;
  /** Disconnect on unmount. Default true. */
  autoDisconnect?: boolean;
  /** Send the token of `getToken`: this hook's, or the one given to the provider above. Default true. */
  useAuthHook?: boolean;
}
