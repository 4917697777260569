import { ApiError } from "../api/client";
import { useCancel, useJob, useLog } from "../api/queries";
import type { JobDetail } from "../api/types";
import { hasEnded, type JobView, viewJob } from "../live/jobState";
import { Follow, useJobLive } from "../live/LiveContext";
import { ErrorMessage } from "./ErrorMessage";
import { Log } from "./Log";
import { Progress } from "./Progress";
import { Status } from "./Status";
import { took } from "./time";
import { useNow } from "./useNow";

/** The job that was started last; none while the next start is under way, so that the old one
 * is not mistaken for it. */
export function Started({ jobId, starting }: { jobId: string | null; starting: boolean }) {
  if (starting) return <p className="empty">Starting …</p>;
  if (jobId === null) return <p className="empty">Nothing started here yet.</p>;
  return <Execution key={jobId} jobId={jobId} />;
}

/** One job: state, progress, log. */
export function Execution({ jobId }: { jobId: string }) {
  const job = useJob(jobId);
  if (job.data !== undefined) return <Known job={job.data} />;
  if (job.error instanceof ApiError && !job.error.away) {
    return <ErrorMessage kind="job">{job.error.message}</ErrorMessage>;
  }
  return <p className="empty">Reading the job …</p>;
}

function Known({ job }: { job: JobDetail }) {
  const view = viewJob(job, useJobLive(job.id));
  const ended = hasEnded(view.status);
  const lines = useLog(job.id, hasEnded(job.status)).map((line) => ({ line }));
  const cancel = useCancel(job.id);
  return (
    <section className="execution" data-status={view.status} aria-label={`Job ${job.name}`}>
      <Follow jobs={[job]} />
      <header>
        <h3>{job.name}</h3>
        <span
          data-testid="execution-status"
          data-status={view.status}
          data-job-id={job.id}
          role="status"
        >
          <Status value={view.status} />
        </span>
        <span className="spacer" />
        {!ended && (
          <button
            type="button"
            className="quiet"
            data-testid="cancel-button"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </button>
        )}
      </header>
      <Progress value={view.progress} label={`Progress of ${job.name}`} />
      <Facts job={job} view={view} />
      {view.status === "failed" && view.error !== null && (
        <ErrorMessage kind="job">{view.error}</ErrorMessage>
      )}
      {cancel.error !== null && !ended && (
        <ErrorMessage kind="form">{cancel.error.message}</ErrorMessage>
      )}
      <Log lines={lines} label={`Log of ${job.name}`} empty="No lines yet." />
    </section>
  );
}

function Facts({ job, view }: { job: JobDetail; view: JobView }) {
  const now = useNow();
  return (
    <dl className="facts">
      <div>
        <dt>Stage</dt>
        <dd>{view.stage.replaceAll("_", " ")}</dd>
      </div>
      <div>
        <dt>Tasks</dt>
        <dd>
          {view.tasksCompleted} of {job.tasks_total}
        </dd>
      </div>
      <div>
        <dt>Time</dt>
        <dd>{took(job.started_at, job.finished_at, now)}</dd>
      </div>
      <div>
        <dt>Job</dt>
        <dd>
          <a href={`#jobs/${job.id}`}>
            <code>{job.id.slice(0, 12)}</code>
          </a>
        </dd>
      </div>
    </dl>
  );
}
