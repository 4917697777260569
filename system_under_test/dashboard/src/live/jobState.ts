import { JOB_STATES, type Job, type JobState, type LogLevel, type LogLine } from "../api/types";
import { compareIds, timeOfId } from "./ids";

// The server keeps about so many lines of a job.
export const LINES_MAX = 1_000;

/** What is known from the events of a job. */
export interface JobLive {
  readonly state: JobState | null;
  readonly stage: string | null;
  readonly progress: number;
  readonly tasksCompleted: number;
  readonly error: string | null;
  readonly lines: readonly LogLine[];
  readonly lastEventId: string | null;
}

/** What is known of a job from its document and its events. */
export interface JobView {
  readonly status: JobState;
  readonly stage: string;
  readonly progress: number;
  readonly tasksCompleted: number;
  readonly error: string | null;
}

export interface JobMessage {
  readonly type: string;
  readonly event_id: string;
  readonly job_id: string;
  readonly [field: string]: unknown;
}

export const NOTHING_TOLD: JobLive = {
  state: null,
  stage: null,
  progress: 0,
  tasksCompleted: 0,
  error: null,
  lines: [],
  lastEventId: null,
};

export function hasEnded(state: JobState | null): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}

/** Applies one event; a repeated one changes nothing. */
export function applyMessage(job: JobLive, message: JobMessage): JobLive {
  if (job.lastEventId !== null && compareIds(message.event_id, job.lastEventId) <= 0) return job;
  return { ...change(job, message), lastEventId: message.event_id };
}

function change(job: JobLive, message: JobMessage): JobLive {
  switch (message.type) {
    case "job.started":
      return hasEnded(job.state) ? job : { ...job, state: "running" };
    case "job.stage":
    case "job.progress":
      return {
        ...job,
        stage: text(message.stage) ?? job.stage,
        progress: Math.max(job.progress, amount(message.progress)),
        tasksCompleted: Math.max(job.tasksCompleted, amount(message.tasks_completed)),
      };
    case "job.log":
      return { ...job, lines: mergeLines(job.lines, [lineOf(message)]) };
    case "job.completed":
      return { ...job, state: "completed", progress: 100, error: null };
    case "job.failed":
      return {
        ...job,
        state: stateOf(message.state) ?? "failed",
        error: text(message.error) || null,
      };
    default:
      return job;
  }
}

/** A final state does not change and progress never falls; otherwise events win over documents. */
export function viewJob(job: Job, live: JobLive): JobView {
  const told = live.state;
  const status = hasEnded(job.status) ? job.status : told === null ? job.status : told;
  return {
    status,
    stage: hasEnded(job.status) ? job.stage : (live.stage ?? job.stage),
    progress: status === "completed" ? 100 : Math.max(job.progress, live.progress),
    tasksCompleted: Math.max(job.tasks_completed, live.tasksCompleted),
    error: job.error ?? live.error,
  };
}

/** Both lists merged in order, each line once; the oldest are dropped when there are too many. */
export function mergeLines(
  one: readonly LogLine[],
  other: readonly LogLine[],
  countMax: number = LINES_MAX,
): readonly LogLine[] {
  if (other.length === 0) return one;
  const last = one.at(-1);
  const first = other[0];
  // The usual case, and it must be fast: all new lines come after the known ones.
  if (last === undefined || (first !== undefined && compareIds(first.id, last.id) > 0)) {
    return [...one, ...other].slice(-countMax);
  }
  const byId = new Map([...one, ...other].map((line) => [line.id, line]));
  return [...byId.values()].sort((a, b) => compareIds(a.id, b.id)).slice(-countMax);
}

function lineOf(message: JobMessage): LogLine {
  const id = text(message.line_id) ?? message.event_id;
  return {
    id,
    time: timeOfId(id),
    level: levelOf(message.level),
    message: text(message.message) ?? "",
    task: text(message.task) || null,
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function amount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function stateOf(value: unknown): JobState | null {
  return JOB_STATES.find((state) => state === value) ?? null;
}

function levelOf(value: unknown): LogLevel {
  return value === "warning" || value === "error" ? value : "info";
}
