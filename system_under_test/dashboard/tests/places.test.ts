import { describe, expect, it } from "vitest";
import { interleave, LiveStore } from "../src/live/store";
import { duration, took } from "../src/parts/time";
import { placeOf } from "../src/tabs/place";

describe("an address", () => {
  it.each([
    ["", "scripts", null],
    ["#jobs", "jobs", null],
    ["#jobs/abc", "jobs", "abc"],
    ["#agents/abc", "agents", null],
    ["#nowhere", "scripts", null],
  ])("%j leads to %s, job %s", (hash, tab, jobId) => {
    expect(placeOf(hash)).toEqual({ tab, jobId });
  });
});

describe("a time", () => {
  it.each([
    [-5, "0 s"],
    [1_234, "1.2 s"],
    [42_400, "42 s"],
    [61_000, "1 min 1 s"],
    [3_720_000, "1 h 2 min"],
  ])("of %d ms reads %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("of a job that has not started is none", () => {
    expect(took(null, null, 0)).toBe("–");
  });
});

describe("what the socket told", () => {
  const event = (jobId: string, type: string, id: string) => ({
    type,
    job_id: jobId,
    event_id: id,
  });

  it("names the job that ended by it, once", () => {
    const store = new LiveStore();
    expect(store.take(event("a", "job.started", "1-0"))).toBeNull();
    expect(store.take(event("a", "job.completed", "2-0"))).toBe("a");
    expect(store.take(event("a", "job.completed", "2-0"))).toBeNull();
    expect(store.take({ type: "agent.lost", agent_id: "x" })).toBeNull();
  });

  it("is forgotten of the jobs heard of longest ago", () => {
    const store = new LiveStore();
    for (let number = 0; number < 100; number++) {
      store.take(event(`job-${number}`, "job.started", `${number}-0`));
    }
    expect(store.job("job-0").state).toBeNull();
    expect(store.job("job-99").state).toBe("running");
  });

  it("of several jobs is one log in order", () => {
    const line = (id: string) =>
      ({ id, time: "", level: "info", message: "", task: null }) as const;
    const lines = interleave(
      [
        ["a", [line("1-0"), line("4-0")]],
        ["b", [line("2-0"), line("3-0")]],
      ],
      3,
    );
    expect(lines.map(({ jobId, line: { id } }) => jobId + id)).toEqual(["b2-0", "b3-0", "a4-0"]);
  });
});
