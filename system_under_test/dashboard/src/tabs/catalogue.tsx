import type { ReactNode } from "react";
import type { useExecute, useSync } from "../api/queries";
import { AgentsTab } from "./AgentsTab";
import { JobsTab } from "./JobsTab";
import { LogsTab } from "./LogsTab";
import { type ScriptDraft, ScriptsTab } from "./ScriptsTab";
import { SyncTab } from "./SyncTab";
import { SystemTab } from "./SystemTab";

/** State that outlives a visit to another tab, in particular a start under way. */
export interface Kept {
  /** The job that the address names, as in `#jobs/1234`. */
  readonly jobId: string | null;
  readonly draft: ScriptDraft;
  readonly onDraft: (draft: ScriptDraft) => void;
  readonly scriptJob: string | null;
  readonly execute: ReturnType<typeof useExecute>;
  readonly syncJob: string | null;
  readonly sync: ReturnType<typeof useSync>;
}

interface Tab {
  readonly title: string;
  readonly content: (kept: Kept) => ReactNode;
}

/** Every tab by its name, in the order of the page. The name is its address, as in `#agents`. */
export const TABS = {
  sync: { title: "Sync", content: (kept) => <SyncTab jobId={kept.syncJob} sync={kept.sync} /> },
  scripts: {
    title: "Scripts",
    content: ({ draft, onDraft, scriptJob, execute }) => (
      <ScriptsTab draft={draft} onDraft={onDraft} jobId={scriptJob} execute={execute} />
    ),
  },
  jobs: { title: "Jobs", content: ({ jobId }) => <JobsTab jobId={jobId} /> },
  agents: { title: "Agents", content: () => <AgentsTab /> },
  logs: { title: "Logs", content: () => <LogsTab /> },
  system: { title: "System", content: () => <SystemTab /> },
} as const satisfies Readonly<Record<string, Tab>>;

export type TabName = keyof typeof TABS;

export const TAB_NAMES = Object.keys(TABS) as readonly TabName[];
