import { useJob, useResult } from "../api/queries";
import type { Task } from "../api/types";
import { Execution } from "../parts/Execution";
import { Status } from "../parts/Status";
import { Table } from "../parts/Table";

export function JobDetails({ jobId }: { jobId: string }) {
  const job = useJob(jobId).data;
  const result = useResult(jobId, job?.status === "completed");
  return (
    <div data-testid="job-detail" className="stack">
      <Execution jobId={jobId} />
      {job !== undefined && <Tasks tasks={job.tasks} />}
      {result.data !== undefined && (
        <details>
          <summary>Result</summary>
          <pre data-testid="job-result">{JSON.stringify(result.data.result, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}

function Tasks({ tasks }: { tasks: readonly Task[] }) {
  return (
    <Table columns={["Task", "Agent", "State", "Attempts #"]}>
      {tasks.map((task) => (
        <tr key={task.id}>
          <td>{task.name}</td>
          <td>{task.agent_id ?? "–"}</td>
          <td>
            <Status value={task.state} />
          </td>
          <td className="number">{task.attempts.length}</td>
        </tr>
      ))}
    </Table>
  );
}
