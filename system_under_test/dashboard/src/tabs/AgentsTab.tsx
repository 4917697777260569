import { useAgents } from "../api/queries";
import type { Agent } from "../api/types";
import { Status } from "../parts/Status";
import { Table } from "../parts/Table";
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
      <Table
        columns={["Agent", "Type", "Status", "Capabilities", "Registered", "Last seen #"]}
        empty={agents.isPending ? "Reading the agents …" : "No agent has registered."}
      >
        {found.map((agent) => (
          <Row key={agent.id} agent={agent} now={now} />
        ))}
      </Table>
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
