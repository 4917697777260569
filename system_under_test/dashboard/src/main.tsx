import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { AppContext, useSession } from "./AppContext";
import { ApiClient, ApiError } from "./api/client";
import { Dashboard } from "./Dashboard";
import { Login } from "./Login";
import { LiveProvider } from "./live/LiveContext";
import { SessionStore } from "./session";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";

const session = new SessionStore(sessionStorage);
const app = { session, api: new ApiClient(session) };

function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => error instanceof ApiError && error.away && failures < 2,
        retryDelay: (_, error) => ((error instanceof ApiError && error.retryAfterS) || 1) * 1000,
        // Queries also run when the browser says it is offline: the server may still be reachable.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

function Root() {
  const { session: current } = useSession();
  if (current === null) return <Login />;
  // One cache for each account: the next user must not see the data of the previous one.
  return <LoggedIn key={current.token} token={current.token} />;
}

function LoggedIn({ token }: { token: string }) {
  const [queries] = useState(newQueries);
  return (
    <QueryClientProvider client={queries}>
      <LiveProvider token={token}>
        <Dashboard />
      </LiveProvider>
    </QueryClientProvider>
  );
}

const loginQueries = newQueries();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <AppContext value={app}>
      <QueryClientProvider client={loginQueries}>
        <Root />
      </QueryClientProvider>
    </AppContext>
  </StrictMode>,
);
