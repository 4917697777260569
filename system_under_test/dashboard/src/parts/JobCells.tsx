import type { Job } from "../api/types";
import type { JobView } from "../live/jobState";
import { Status } from "./Status";
import { took } from "./time";

export const JOB_COLUMNS = ["Status", "Progress #", "Time #"] as const;

/** A job's progress, as the last cells of its row; their headings are JOB_COLUMNS. */
export function JobCells({ job, view, now }: { job: Job; view: JobView; now: number }) {
  return (
    <>
      <td>
        <Status value={view.status} />
      </td>
      <td className="number">{Math.round(view.progress)} %</td>
      <td className="number">{took(job.started_at, job.finished_at, now)}</td>
    </>
  );
}
