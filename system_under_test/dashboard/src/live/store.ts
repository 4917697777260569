import type { LogLine } from "../api/types";
import type { ConnectionState, Message } from "./connection";
import { compareIds } from "./ids";
import { applyMessage, hasEnded, type JobLive, type JobMessage, NOTHING_TOLD } from "./jobState";

// How many jobs without followers are kept.
const JOBS_MAX = 60;
// A busy job sends 200 events a second; the page is redrawn at most this often.
const TELL_EVERY_MS = 50;

export interface JobLines {
  readonly jobId: string;
  readonly line: LogLine;
}

/** What the socket delivered, for React; listeners are notified a little later, in batches. */
export class LiveStore {
  #connection: ConnectionState = "connecting";
  #jobs = new Map<string, JobLive>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly connection = (): ConnectionState => this.#connection;

  readonly jobs = (): ReadonlyMap<string, JobLive> => this.#jobs;

  job(jobId: string): JobLive {
    return this.#jobs.get(jobId) ?? NOTHING_TOLD;
  }

  setConnection(state: ConnectionState): void {
    this.#connection = state;
    this.#tell();
  }

  /** Applies a message; returns the id of the job that it ended. */
  take(message: Message): string | null {
    if (!isJobMessage(message)) return null;
    const before = this.job(message.job_id);
    const after = applyMessage(before, message);
    if (after === before) return null;
    this.#jobs.delete(message.job_id);
    this.#jobs.set(message.job_id, after);
    this.#prune();
    this.#timer ??= setTimeout(() => this.#tell(), TELL_EVERY_MS);
    return hasEnded(after.state) && !hasEnded(before.state) ? message.job_id : null;
  }

  #prune(): void {
    // A Map keeps the order of insertion, and each message moves its job to the end.
    for (const jobId of this.#jobs.keys()) {
      if (this.#jobs.size <= JOBS_MAX) return;
      this.#jobs.delete(jobId);
    }
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#jobs = new Map(this.#jobs);
    for (const listener of this.#listeners) listener();
  }
}

/** The newest lines of several jobs, oldest first. */
export function interleave(
  logs: Iterable<readonly [string, readonly LogLine[]]>,
  countMax: number,
): readonly JobLines[] {
  const all: JobLines[] = [];
  for (const [jobId, lines] of logs) {
    for (const line of lines) all.push({ jobId, line });
  }
  return all
    .sort((a, b) => compareIds(a.line.id, b.line.id) || a.jobId.localeCompare(b.jobId))
    .slice(-countMax);
}

function isJobMessage(message: Message): message is JobMessage {
  return typeof message.job_id === "string" && typeof message.event_id === "string";
}
