import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { AppContext } from "../src/AppContext";
import { ApiClient } from "../src/api/client";
import { SessionStore } from "../src/session";

/** What a tab shows that has just been opened; `read` holds what queries of one key have read. */
export function opened(tab: ReactNode, read: Readonly<Record<string, unknown>> = {}): string {
  const session = new SessionStore({ getItem: () => null } as unknown as Storage);
  const queries = new QueryClient();
  for (const [key, data] of Object.entries(read)) queries.setQueryData([key], data);
  return renderToStaticMarkup(
    <AppContext value={{ session, api: new ApiClient(session) }}>
      <QueryClientProvider client={queries}>{tab}</QueryClientProvider>
    </AppContext>,
  );
}
