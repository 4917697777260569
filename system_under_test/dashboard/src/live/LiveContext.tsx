import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useApp } from "../AppContext";
import { SESSION_ENDED } from "../api/client";
import type { Job } from "../api/types";
import { type ConnectionState, LiveConnection } from "./connection";
import { positionBefore } from "./ids";
import { hasEnded, type JobLive } from "./jobState";
import { LiveStore } from "./store";

interface Live {
  readonly store: LiveStore;
  /** Follows a job while it has followers; returns the function that stops. */
  readonly follow: (jobId: string, after: string) => () => void;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ token, children }: { token: string; children: ReactNode }) {
  const { session } = useApp();
  const queries = useQueryClient();
  const [store] = useState(() => new LiveStore());
  const connection = useMemo(
    () =>
      new LiveConnection({
        token,
        open: () => new WebSocket(socketAddress()),
        onState: (state) => store.setConnection(state),
        onUnauthorized: () => session.end(SESSION_ENDED, token),
        onMessage: (message) => {
          const ended = store.take(message);
          if (ended !== null) {
            void queries.invalidateQueries({ queryKey: ["jobs"] });
            void queries.invalidateQueries({ queryKey: ["sync"] });
          } else if (message.type === "subscribed" && message.truncated === true) {
            void queries.invalidateQueries({ queryKey: ["jobs"] });
          } else if (message.type === "agent.registered" || message.type === "agent.lost") {
            void queries.invalidateQueries({ queryKey: ["agents"] });
          }
        },
      }),
    [token, session, store, queries],
  );
  useEffect(() => {
    const retry = () => connection.retryNow();
    connection.start();
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      connection.stop();
    };
  }, [connection]);
  const live = useMemo(() => ({ store, follow: follower(connection) }), [store, connection]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function socketAddress(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
}

function follower(connection: LiveConnection): Live["follow"] {
  const counts = new Map<string, number>();
  return (jobId, after) => {
    const count = counts.get(jobId) ?? 0;
    counts.set(jobId, count + 1);
    if (count === 0) connection.watch(jobId, after);
    return () => {
      const left = (counts.get(jobId) ?? 1) - 1;
      counts.set(jobId, left);
      if (left > 0) return;
      counts.delete(jobId);
      connection.unwatch(jobId);
    };
  };
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("useLive outside of LiveProvider");
  return live;
}

export function useConnectionState(): ConnectionState {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribe, store.connection);
}

export function useJobLive(jobId: string): JobLive {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribe, () => store.job(jobId));
}

export function useAllLive(): ReadonlyMap<string, JobLive> {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribe, store.jobs);
}

/** Follows the jobs that have not ended, from the last event of this page or from their start. */
export function Follow({ jobs }: { jobs: readonly Job[] }) {
  return jobs
    .filter((job) => !hasEnded(job.status))
    .map((job) => <FollowOne key={job.id} jobId={job.id} createdAt={job.created_at} />);
}

function FollowOne({ jobId, createdAt }: { jobId: string; createdAt: string }) {
  const { store, follow } = useLive();
  useEffect(
    () => follow(jobId, store.job(jobId).lastEventId ?? positionBefore(createdAt)),
    [store, follow, jobId, createdAt],
  );
  return null;
}
