import type { ReactNode } from "react";
import { useSession } from "../AppContext";
import { useReady } from "../api/queries";
import { useConnectionState } from "../live/LiveContext";
import { Status } from "../parts/Status";
import { clock } from "../parts/time";

export function SystemTab() {
  const ready = useReady();
  const { session } = useSession();
  const connection = useConnectionState();
  const known = ready.isError ? undefined : ready.data;
  const state = ready.isError ? "away" : (known?.status ?? "reading");
  return (
    <div className="columns">
      <section className="card">
        <h2>Server</h2>
        <dl className="list">
          <Item name="Ready">
            <span data-testid="system-ready" data-status={state}>
              <Status value={state} />
            </span>
          </Item>
          <Item name="Redis">
            <Status value={known?.redis ?? "unknown"} />
          </Item>
          <Item name="Orchestrator">
            <Status value={known?.orchestrator ?? "unknown"} />
          </Item>
          <Item name="Agents online">{known?.agents_online ?? "–"}</Item>
          <Item name="Jobs that have not ended">{known?.jobs_active ?? "–"}</Item>
          <Item name="Last answer">
            {ready.dataUpdatedAt === 0 ? "–" : clock(new Date(ready.dataUpdatedAt).toISOString())}
          </Item>
        </dl>
      </section>
      <section className="card">
        <h2>This page</h2>
        <dl className="list">
          <Item name="Events">
            <Status value={connection} />
          </Item>
          <Item name="Account">{session?.email ?? "–"}</Item>
          <Item name="Role">{session?.role ?? "–"}</Item>
          <Item name="Interface">
            <a href="/api/openapi.json">OpenAPI document</a>
          </Item>
        </dl>
      </section>
    </div>
  );
}

function Item({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
