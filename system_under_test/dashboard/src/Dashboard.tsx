import { useState, useSyncExternalStore } from "react";
import { useApp, useSession } from "./AppContext";
import { ApiError } from "./api/client";
import { useAccount, useExecute, useReady, useSync } from "./api/queries";
import { useConnectionState } from "./live/LiveContext";
import { ErrorMessage } from "./parts/ErrorMessage";
import { Status } from "./parts/Status";
import { TABS } from "./tabs/catalogue";
import { placeOf } from "./tabs/place";
import type { ScriptDraft } from "./tabs/ScriptsTab";
import { TabBar } from "./tabs/TabBar";
import { TabPanel } from "./tabs/TabPanel";

export function Dashboard() {
  const { tab, jobId } = placeOf(useSyncExternalStore(onHashChange, () => location.hash));
  // Kept here, so that changing tabs loses no state, in particular no start under way.
  const [draft, setDraft] = useState<ScriptDraft>({ name: null, values: {} });
  const [scriptJob, setScriptJob] = useState<string | null>(null);
  const [syncJob, setSyncJob] = useState<string | null>(null);
  const execute = useExecute(setScriptJob);
  const sync = useSync(setSyncJob);
  return (
    <div className="dashboard" data-testid="dashboard">
      <Header />
      <TabBar active={tab} />
      <Away />
      <TabPanel name={tab}>
        {TABS[tab].content({
          jobId,
          draft,
          onDraft: setDraft,
          scriptJob,
          execute,
          syncJob,
          sync,
        })}
      </TabPanel>
    </div>
  );
}

function onHashChange(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

function Header() {
  const { api } = useApp();
  const { session } = useSession();
  useAccount();
  const connection = useConnectionState();
  return (
    <header className="top">
      <h1>swarm</h1>
      <span className="spacer" />
      <span data-testid="connection-state" data-state={connection} role="status">
        <Status value={connection} />
      </span>
      <span className="account">{session?.email}</span>
      <button
        type="button"
        className="quiet"
        data-testid="logout-button"
        onClick={() => void api.logout()}
      >
        Log out
      </button>
    </header>
  );
}

/** Says that the server cannot be reached, and that the page keeps trying. */
function Away() {
  const { error } = useReady();
  if (!(error instanceof ApiError)) return null;
  return (
    <ErrorMessage kind="server">
      {error.message} Trying again every {error.retryAfterS ?? 1} s; what is shown may be old.
    </ErrorMessage>
  );
}
