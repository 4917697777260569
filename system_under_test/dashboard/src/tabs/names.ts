export const TABS = ["sync", "scripts", "jobs", "agents", "logs", "system"] as const;
export type TabName = (typeof TABS)[number];

export const TITLES: Readonly<Record<TabName, string>> = {
  sync: "Sync",
  scripts: "Scripts",
  jobs: "Jobs",
  agents: "Agents",
  logs: "Logs",
  system: "System",
};

export interface Place {
  readonly tab: TabName;
  readonly jobId: string | null;
}

/** Reads the part of the address after `#`, as in `jobs/1234`. */
export function placeOf(hash: string): Place {
  const [name, jobId] = hash.replace(/^#/, "").split("/");
  const tab = TABS.find((each) => each === name) ?? "scripts";
  return { tab, jobId: tab === "jobs" && jobId ? jobId : null };
}
