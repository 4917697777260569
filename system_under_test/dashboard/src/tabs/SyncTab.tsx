import { ApiError } from "../api/client";
import { type useSync, useSyncHistory } from "../api/queries";
import type { Job } from "../api/types";
import { hasEnded, viewJob } from "../live/jobState";
import { Follow, useJobLive } from "../live/LiveContext";
import { ErrorMessage } from "../parts/ErrorMessage";
import { Started } from "../parts/Execution";
import { JOB_COLUMNS, JobCells } from "../parts/JobCells";
import { Table } from "../parts/Table";
import { clock } from "../parts/time";
import { useNow } from "../parts/useNow";

interface Props {
  readonly jobId: string | null;
  readonly sync: ReturnType<typeof useSync>;
}

export function SyncTab({ jobId, sync }: Props) {
  // After a reload this page has started nothing, but a run may be in progress.
  const running = useSyncHistory().data?.runs.find((run) => !hasEnded(run.status));
  return (
    <div className="columns">
      <div className="stack">
        <section className="card">
          <h2>Product sync</h2>
          <p className="hint">
            Reads the feed, filters it against the reference, makes metafields, drops duplicates and
            uploads what is left to the shop.
          </p>
          <button
            type="button"
            className="primary"
            data-testid="sync-button"
            disabled={sync.isPending}
            onClick={() => sync.mutate()}
          >
            {sync.isPending ? "Starting …" : "Start a full sync"}
          </button>
          {sync.error !== null && <ErrorMessage kind="form">{refusal(sync.error)}</ErrorMessage>}
        </section>
        <History />
      </div>
      <div className="card beside">
        <Started jobId={jobId ?? running?.id ?? null} starting={sync.isPending} />
      </div>
    </div>
  );
}

function refusal(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  return [error.message, ...error.places.values()].join(" ");
}

function History() {
  const history = useSyncHistory();
  const runs = history.data?.runs ?? [];
  const now = useNow();
  return (
    <section className="card">
      <h2>History</h2>
      {history.error instanceof ApiError && !history.error.away && (
        <ErrorMessage kind="form">{history.error.message}</ErrorMessage>
      )}
      <Follow jobs={runs} />
      <Table columns={["Started", ...JOB_COLUMNS]} testId="sync-history" empty="No runs yet.">
        {runs.map((run) => (
          <Row key={run.id} run={run} now={now} />
        ))}
      </Table>
    </section>
  );
}

function Row({ run, now }: { run: Job; now: number }) {
  const view = viewJob(run, useJobLive(run.id));
  return (
    <tr data-testid="sync-row" data-job-id={run.id} data-status={view.status}>
      <td>
        <a className="row-link" href={`#jobs/${run.id}`}>
          {clock(run.created_at)}
        </a>
      </td>
      <JobCells job={run} view={view} now={now} />
    </tr>
  );
}
