const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short" });

/** The local time of day, with the date when it is not today's. */
export function clock(iso: string, now: Date = new Date()): string {
  const moment = new Date(iso);
  const time = CLOCK.format(moment);
  return moment.toDateString() === now.toDateString() ? time : `${DAY.format(moment)} ${time}`;
}

export function duration(ms: number): string {
  if (ms < 0) return "0 s";
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long a job took, or has taken so far. */
export function took(startedAt: string | null, finishedAt: string | null, nowMs: number): string {
  if (startedAt === null) return "–";
  const end = finishedAt === null ? nowMs : Date.parse(finishedAt);
  return duration(end - Date.parse(startedAt));
}
