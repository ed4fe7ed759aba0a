import { ReactElement, ReactNode, useContext } from "react";
import { AuthContext, ClientContext } from "./context.js";
import type { UseSSEOptions } from "./options.js";
import { SSE, useClientState, useOwnClient } from "./use-sse.js";

export interface SSEProviderProps extends UseSSEOptions {
  children?: ReactNode;
}

/** Holds one connection for the whole tree below it. Neither events nor changes of state render the provider again. */
export function SSEProvider({ children, ...options }: SSEProviderProps): ReactElement {
  const client = useOwnClient(options);
  const outer = useContext(AuthContext);
  return (
    <AuthContext.Provider value={options.getToken ?? outer}>
      <ClientContext.Provider value={client}>{children}</ClientContext.Provider>
    </AuthContext.Provider>
  );
}

/** The connection of the provider above. */
export function useSSEContext(): SSE {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useSSEContext needs an <SSEProvider> above it.");
  return useClientState(client);
}
