import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApp } from "../AppContext";
import { hasEnded, LINES_MAX, mergeLines } from "../live/jobState";
import { useConnectionState, useJobLive } from "../live/LiveContext";
import type { ApiClient } from "./client";
import type {
  Account,
  Agent,
  Job,
  JobDetail,
  JobPage,
  JobResult,
  JobState,
  LogLine,
  Ready,
  Script,
  SyncHistory,
} from "./types";

// How often documents are read: less often while events arrive.
const WITH_EVENTS_MS = 3_000;
const WITHOUT_EVENTS_MS = 1_000;
const LIST_MS = 5_000;
const BEGINNING = "0";

function usePollMs(): number {
  return useConnectionState() === "connected" ? WITH_EVENTS_MS : WITHOUT_EVENTS_MS;
}

export function useScripts() {
  const { api } = useApp();
  return useQuery({
    queryKey: ["scripts"],
    queryFn: async ({ signal }) =>
      (await api.get<{ scripts: readonly Script[] }>("/api/scripts", signal)).scripts,
    staleTime: Number.POSITIVE_INFINITY,
    // Asked again only while there is no list yet.
    refetchInterval: (query) => (query.state.data === undefined ? LIST_MS : false),
  });
}

export function useJobs(page: number, perPage: number, status: JobState | "") {
  const { api } = useApp();
  const filter = status === "" ? "" : `&status=${status}`;
  return useQuery({
    queryKey: ["jobs", "list", page, perPage, status],
    queryFn: ({ signal }) =>
      api.get<JobPage>(`/api/jobs?page=${page}&per_page=${perPage}${filter}`, signal),
    refetchInterval: usePollMs(),
    placeholderData: (before) => before,
  });
}

export function useJob(jobId: string) {
  const { api } = useApp();
  const pollMs = usePollMs();
  return useQuery({
    queryKey: ["jobs", "one", jobId],
    queryFn: ({ signal }) => api.get<JobDetail>(`/api/jobs/${encodeURIComponent(jobId)}`, signal),
    refetchInterval: (query) => (hasEnded(query.state.data?.status ?? null) ? false : pollMs),
  });
}

function logOptions(api: ApiClient, jobId: string, ended: boolean, pollMs: number) {
  return {
    // Whether the job has ended is part of the key: then the last lines are read once more.
    queryKey: ["jobs", "log", jobId, ended],
    queryFn: ({ signal }: { signal: AbortSignal }) => readLog(api, jobId, signal),
    refetchInterval: ended ? (false as const) : pollMs,
    placeholderData: (before: readonly LogLine[] | undefined) => before,
  };
}

async function readLog(api: ApiClient, jobId: string, signal: AbortSignal) {
  let lines: readonly LogLine[] = [];
  let after = BEGINNING;
  // The server's limit is approximate, so there may be a second page.
  for (let page = 0; page < 3; page++) {
    const found = await api.get<{ logs: readonly LogLine[] }>(
      `/api/jobs/${encodeURIComponent(jobId)}/logs?after=${after}&limit=${LINES_MAX}`,
      signal,
    );
    lines = mergeLines(lines, found.logs);
    after = found.logs.at(-1)?.id ?? after;
    if (found.logs.length < LINES_MAX) break;
  }
  return lines;
}

/** A job's log: what the server stores and what the socket delivered, each line once. */
export function useLog(jobId: string, ended: boolean): readonly LogLine[] {
  const { api } = useApp();
  const pollMs = usePollMs();
  const kept = useQuery(logOptions(api, jobId, ended, pollMs));
  return mergeLines(kept.data ?? [], useJobLive(jobId).lines);
}

/** The stored logs of several jobs. */
export function useLogs(jobs: readonly Job[]) {
  const { api } = useApp();
  const pollMs = usePollMs();
  const found = useQueries({
    queries: jobs.map((job) => logOptions(api, job.id, hasEnded(job.status), pollMs)),
  });
  return jobs.map((job, at) => [job.id, found[at]?.data ?? []] as const);
}

export function useResult(jobId: string, completed: boolean) {
  const { api } = useApp();
  return useQuery({
    queryKey: ["jobs", "result", jobId],
    queryFn: ({ signal }) =>
      api.get<JobResult>(`/api/jobs/${encodeURIComponent(jobId)}/result`, signal),
    enabled: completed,
  });
}

export function useAgents() {
  const { api } = useApp();
  return useQuery({
    queryKey: ["agents"],
    queryFn: async ({ signal }) =>
      (await api.get<{ agents: readonly Agent[] }>("/api/agents", signal)).agents,
    refetchInterval: LIST_MS,
  });
}

export function useReady() {
  const { api } = useApp();
  const connected = useConnectionState() === "connected";
  return useQuery({
    queryKey: ["ready"],
    queryFn: ({ signal }) => api.get<Ready>("/api/health/ready", signal),
    refetchInterval: ({ state }) =>
      state.status === "error" || !connected ? WITHOUT_EVENTS_MS : LIST_MS,
    retry: false,
  });
}

/** The account of this page. Read on every tab: a session that was ended elsewhere is a 401 here,
 * although the socket, whose token was valid when it was opened, stays open. */
export function useAccount() {
  const { api } = useApp();
  return useQuery({
    queryKey: ["account"],
    queryFn: ({ signal }) => api.get<Account>("/api/auth/me", signal),
    refetchInterval: LIST_MS,
  });
}

export function useSyncHistory() {
  const { api } = useApp();
  return useQuery({
    queryKey: ["sync"],
    queryFn: ({ signal }) => api.get<SyncHistory>("/api/sync/history?page=1&per_page=10", signal),
    refetchInterval: LIST_MS,
  });
}

interface Started {
  readonly job_id: string;
}

export function useExecute(onStarted: (jobId: string) => void) {
  const { api } = useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (run: { script: string; parameters: Readonly<Record<string, unknown>> }) =>
      api.post<Started>("/api/scripts/execute", run),
    onSuccess: ({ job_id }) => {
      onStarted(job_id);
      void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
    },
  });
}

export function useSync(onStarted: (jobId: string) => void) {
  const { api } = useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Started>("/api/sync/trigger", {}),
    onSuccess: ({ job_id }) => {
      onStarted(job_id);
      void queries.invalidateQueries({ queryKey: ["jobs", "list"] });
      void queries.invalidateQueries({ queryKey: ["sync"] });
    },
  });
}

export function useCancel(jobId: string) {
  const { api } = useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<unknown>(`/api/jobs/${encodeURIComponent(jobId)}/cancel`),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
