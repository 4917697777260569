import { useAgents } from "../api/queries";
import type { Agent } from "../api/types";
import { Status } from "../parts/Status";
import { clock, duration } from "../parts/time";
import { useNow } from "../parts/useNow";

export function AgentsTab() {
  const agents = useAgents();
  const now = useNow();
  const found = agents.data ?? [];
  const online = found.filter((agent) => agent.status !== "offline").length;
  return (
    <section className="card">
      <header>
        <h2>Agents</h2>
        <span className="spacer" />
        <span className="hint">
          {online} of {found.length} online
        </span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Type</th>
            <th scope="col">Status</th>
            <th scope="col">Capabilities</th>
            <th scope="col">Registered</th>
            <th scope="col" className="number">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody>
          {found.length === 0 && (
            <tr>
              <td colSpan={6} className="empty">
                {agents.isPending ? "Reading the agents …" : "No agent has registered."}
              </td>
            </tr>
          )}
          {found.map((agent) => (
            <Row key={agent.id} agent={agent} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ agent, now }: { agent: Agent; now: number }) {
  return (
    <tr data-testid="agent-row" data-agent-id={agent.id} data-status={agent.status}>
      <td>{agent.id}</td>
      <td>{agent.type}</td>
      <td>
        <Status value={agent.status} />
      </td>
      <td>
        {agent.capabilities.map((each) => (
          <code key={each} className="tag">
            {each}
          </code>
        ))}
      </td>
      <td>{clock(agent.registered_at)}</td>
      <td className="number">{duration(now - Date.parse(agent.last_seen_at))} ago</td>
    </tr>
  );
}
