// What the api answers. The OpenAPI document describes requests only, so these are written by
// hand; tests/test_dashboard.py compares each interface with a real answer.

export const JOB_STATES = ["queued", "running", "completed", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];
export type LogLevel = "info" | "warning" | "error";
export type ParameterType = "file" | "integer" | "boolean" | "string_list";

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly created_at: string;
}

export interface Login {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly account: Account;
}

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  readonly required: boolean;
  readonly default: unknown;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

export interface Script {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly status: JobState;
  readonly stage: string;
  readonly progress: number;
  readonly error: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly tasks_total: number;
  readonly tasks_completed: number;
  readonly tasks_failed: number;
  readonly throughput_per_s: number | null;
  readonly estimated_completion: string | null;
}

export interface Attempt {
  readonly agent_id: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly started_at: string;
  readonly ended_at: string;
}

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly priority: number;
  readonly capabilities: readonly string[];
  readonly dependencies: readonly string[];
  readonly state: string;
  readonly agent_id: string | null;
  readonly progress: number;
  readonly timeout_s: number;
  readonly max_retries: number;
  readonly error: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly attempts: readonly Attempt[];
}

export interface JobDetail extends Job {
  readonly tasks: readonly Task[];
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly total: number;
  readonly page: number;
  readonly per_page: number;
}

export interface SyncHistory {
  readonly runs: readonly Job[];
  readonly total: number;
  readonly page: number;
  readonly per_page: number;
}

export interface LogLine {
  readonly id: string;
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly task: string | null;
}

export interface JobResult {
  readonly job_id: string;
  readonly status: JobState;
  readonly result: unknown;
}

export interface Agent {
  readonly id: string;
  readonly type: string;
  readonly capabilities: readonly string[];
  readonly status: string;
  readonly registered_at: string;
  readonly last_seen_at: string;
}

export interface Ready {
  readonly status: string;
  readonly redis: string;
  readonly orchestrator: string;
  readonly agents_online: number;
  readonly jobs_active: number;
}
