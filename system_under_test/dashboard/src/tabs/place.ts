import { TAB_NAMES, type TabName } from "./catalogue";

export interface Place {
  readonly tab: TabName;
  readonly jobId: string | null;
}

/** Reads the part of the address after `#`, as in `jobs/1234`. */
export function placeOf(hash: string): Place {
  const [name, jobId] = hash.replace(/^#/, "").split("/");
  const tab = TAB_NAMES.find((each) => each === name) ?? "scripts";
  return { tab, jobId: tab === "jobs" && jobId ? jobId : null };
}
