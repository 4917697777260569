import { createContext, useContext, useSyncExternalStore } from "react";
import type { ApiClient } from "./api/client";
import type { SessionState, SessionStore } from "./session";

export interface App {
  readonly api: ApiClient;
  readonly session: SessionStore;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp outside of AppContext");
  return app;
}

export function useSession(): SessionState {
  const { session } = useApp();
  return useSyncExternalStore(session.subscribe, session.state);
}
