import { useMemo, useState } from "react";
import { useJobs, useLogs } from "../api/queries";
import type { LogLevel } from "../api/types";
import { mergeLines } from "../live/jobState";
import { useAllLive } from "../live/LiveContext";
import { interleave } from "../live/store";
import { Log } from "../parts/Log";

const JOBS = 10;
const SHOWN_MAX = 500;
const LEVELS: readonly LogLevel[] = ["info", "warning", "error"];

export function LogsTab() {
  const [least, setLeast] = useState<LogLevel>("info");
  const [words, setWords] = useState("");
  const jobs = useJobs(1, JOBS, "").data?.jobs ?? [];
  const kept = useLogs(jobs);
  const live = useAllLive();
  const lines = useMemo(() => {
    const logs = new Map(kept);
    for (const [jobId, job] of live) {
      logs.set(jobId, mergeLines(logs.get(jobId) ?? [], job.lines));
    }
    const wanted = words.trim().toLowerCase();
    const passing = [...logs].map(
      ([jobId, all]) =>
        [
          jobId,
          all.filter(
            (line) =>
              LEVELS.indexOf(line.level) >= LEVELS.indexOf(least) &&
              `${line.message} ${jobId}`.toLowerCase().includes(wanted),
          ),
        ] as const,
    );
    return interleave(passing, SHOWN_MAX);
  }, [kept, live, least, words]);
  return (
    <section className="card fill">
      <header>
        <h2>Logs</h2>
        <span className="spacer" />
        <label htmlFor="log-words">Contains</label>
        <input
          id="log-words"
          type="search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <label htmlFor="log-level">From level</label>
        <select
          id="log-level"
          value={least}
          onChange={(event) =>
            setLeast(LEVELS.find((each) => each === event.target.value) ?? "info")
          }
        >
          {LEVELS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </header>
      <Log lines={lines} label="Log of all jobs" empty="No lines." />
    </section>
  );
}
