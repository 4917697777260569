import { useState } from "react";
import { useJobs } from "../api/queries";
import { JOB_STATES, type Job, type JobState } from "../api/types";
import { viewJob } from "../live/jobState";
import { Follow, useJobLive } from "../live/LiveContext";
import { JOB_COLUMNS, JobCells } from "../parts/JobCells";
import { Table } from "../parts/Table";
import { clock } from "../parts/time";
import { useNow } from "../parts/useNow";
import { JobDetails } from "./JobDetails";

const PER_PAGE = 12;

export function JobsTab({ jobId }: { jobId: string | null }) {
  const [page, setPage] = useState(1);
  const [status, setStatus] = useState<JobState | "">("");
  const jobs = useJobs(page, PER_PAGE, status);
  const found = jobs.data?.jobs ?? [];
  const pages = Math.max(1, Math.ceil((jobs.data?.total ?? 0) / PER_PAGE));
  const now = useNow();
  return (
    <div className="columns">
      <section className="card">
        <Follow jobs={found} />
        <header>
          <h2>Jobs</h2>
          <span className="spacer" />
          <label htmlFor="job-filter">Status</label>
          <select
            id="job-filter"
            data-testid="job-filter"
            value={status}
            onChange={(event) => {
              setStatus(JOB_STATES.find((each) => each === event.target.value) ?? "");
              setPage(1);
            }}
          >
            <option value="">any</option>
            {JOB_STATES.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </header>
        <Table
          columns={["Job", "Created", ...JOB_COLUMNS]}
          empty={jobs.isPending ? "Reading the jobs …" : "No jobs."}
        >
          {found.map((job) => (
            <Row key={job.id} job={job} chosen={job.id === jobId} now={now} />
          ))}
        </Table>
        <nav className="pager" aria-label="Pages of jobs">
          <button
            type="button"
            className="quiet"
            disabled={page <= 1}
            onClick={() => setPage(page - 1)}
          >
            Newer
          </button>
          <span>
            {page} of {pages} · {jobs.data?.total ?? 0} jobs
          </span>
          <button
            type="button"
            className="quiet"
            disabled={page >= pages}
            onClick={() => setPage(page + 1)}
          >
            Older
          </button>
        </nav>
      </section>
      <div className="card beside">
        {jobId === null ? (
          <p className="empty">Choose a job to see its tasks, log and result.</p>
        ) : (
          <JobDetails key={jobId} jobId={jobId} />
        )}
      </div>
    </div>
  );
}

function Row({ job, chosen, now }: { job: Job; chosen: boolean; now: number }) {
  const view = viewJob(job, useJobLive(job.id));
  return (
    <tr
      data-testid="job-row"
      data-job-id={job.id}
      data-status={view.status}
      aria-current={chosen ? "true" : undefined}
    >
      <td>
        <a className="row-link" href={`#jobs/${job.id}`}>
          {job.name}
        </a>
      </td>
      <td>{clock(job.created_at)}</td>
      <JobCells job={job} view={view} now={now} />
    </tr>
  );
}
