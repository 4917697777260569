import { describe, expect, it } from "vitest";
import type { Job, LogLine } from "../src/api/types";
import { positionBefore } from "../src/live/ids";
import {
  applyMessage,
  type JobLive,
  type JobMessage,
  mergeLines,
  NOTHING_TOLD,
  viewJob,
} from "../src/live/jobState";

function told(type: string, eventId: string, fields: object = {}): JobMessage {
  return { type, event_id: eventId, job_id: "j", ...fields };
}

function after(...messages: JobMessage[]): JobLive {
  return messages.reduce(applyMessage, NOTHING_TOLD);
}

function line(id: string, message = "m"): LogLine {
  return { id, time: "2026-01-01T00:00:00.000Z", level: "info", message, task: null };
}

const RUNNING: Job = {
  id: "j",
  name: "filter_products",
  status: "running",
  stage: "execution",
  progress: 20,
  error: null,
  created_at: "2026-01-01T00:00:00.000Z",
  started_at: "2026-01-01T00:00:00.000Z",
  finished_at: null,
  tasks_total: 1,
  tasks_completed: 0,
  tasks_failed: 0,
  throughput_per_s: null,
  estimated_completion: null,
};

describe("the events of a job", () => {
  it("lead from its start to its end", () => {
    const job = after(
      told("job.started", "1-0", { progress: 15 }),
      told("job.progress", "2-0", { progress: 55, stage: "execution" }),
      told("job.log", "3-0", { line_id: "3-0", level: "warning", message: "slow", task: "a" }),
      told("job.completed", "4-0", { state: "completed" }),
    );
    expect(job).toMatchObject({ state: "completed", progress: 100, lastEventId: "4-0" });
    expect(job.lines.map(({ level, message, task }) => [level, message, task])).toEqual([
      ["warning", "slow", "a"],
    ]);
  });

  it("count once, however often they are replayed", () => {
    const log = told("job.log", "5-1", { line_id: "5-0", level: "info", message: "once" });
    const job = after(told("job.started", "5-0"), log, log, told("job.started", "5-0"));
    expect(job.lines).toHaveLength(1);
    expect(applyMessage(job, log)).toBe(job);
  });

  it("are ordered by their numbers, not their letters", () => {
    const job = after(told("job.log", "9-9", { message: "a" }), told("job.log", "9-10", {}));
    expect(job.lastEventId).toBe("9-10");
    expect(after(told("job.started", "100-0"), told("job.log", "99-0", {})).lines).toEqual([]);
  });

  it("never take progress back", () => {
    const job = after(
      told("job.progress", "1-0", { progress: 60 }),
      told("job.stage", "2-0", { progress: 20, stage: "execution" }),
      told("job.progress", "3-0", { progress: "a lot" }),
    );
    expect(job.progress).toBe(60);
  });

  it("tell a cancelled job from a failed one", () => {
    expect(after(told("job.failed", "1-0", { state: "cancelled", error: "" }))).toMatchObject({
      state: "cancelled",
      error: null,
    });
    expect(after(told("job.failed", "1-0", { state: "failed", error: "why" }))).toMatchObject({
      state: "failed",
      error: "why",
    });
  });

  it("do not start a job again that has ended", () => {
    expect(after(told("job.completed", "1-0"), told("job.started", "2-0")).state).toBe("completed");
  });
});

describe("a job as it is shown", () => {
  it("is ahead of its document while events come", () => {
    const view = viewJob(
      RUNNING,
      after(told("job.progress", "1-0", { progress: 70, tasks_completed: 3 })),
    );
    expect(view).toMatchObject({ status: "running", progress: 70, tasksCompleted: 3 });
  });

  it("is as its document says once that is final, whatever the events told", () => {
    const live = after(told("job.started", "1-0"), told("job.progress", "2-0", { progress: 90 }));
    expect(viewJob({ ...RUNNING, status: "failed", error: "why" }, live)).toMatchObject({
      status: "failed",
      error: "why",
    });
  });

  it("has ended as soon as an event says so", () => {
    const view = viewJob(RUNNING, after(told("job.completed", "1-0")));
    expect(view).toMatchObject({ status: "completed", progress: 100 });
  });
});

describe("log lines", () => {
  it("that were read and told are shown once, in order", () => {
    const merged = mergeLines([line("1-0"), line("3-0")], [line("2-0"), line("3-0")]);
    expect(merged.map(({ id }) => id)).toEqual(["1-0", "2-0", "3-0"]);
  });

  it("are bounded, and the newest stay", () => {
    const many = Array.from({ length: 10 }, (_, at) => line(`${at}-0`));
    expect(mergeLines(many, [line("10-0")], 3).map(({ id }) => id)).toEqual(["8-0", "9-0", "10-0"]);
  });
});

it("a subscription begins just before its job", () => {
  expect(positionBefore("1970-01-01T00:00:01.000Z")).toBe("999");
});
