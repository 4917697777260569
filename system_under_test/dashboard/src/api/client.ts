import type { SessionStore } from "../session";
import type { Login } from "./types";

const REQUEST_MS_MAX = 10_000;
// How often a write is repeated while the server is away. Its key makes it happen once.
const WRITE_ATTEMPTS_MAX = 4;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 5_000;
export const SESSION_ENDED = "Your session has ended. Please log in again.";

/** What went wrong; `status` is 0 when no answer came. */
export class ApiError extends Error {
  readonly status: number;
  /** What is wrong by place in the request, as in `parameters.input_file`. */
  readonly places: ReadonlyMap<string, string>;
  readonly retryAfterS: number | null;

  constructor(
    status: number,
    message: string,
    places: ReadonlyMap<string, string> = new Map(),
    retryAfterS: number | null = null,
  ) {
    super(message);
    this.status = status;
    this.places = places;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the server is away; false when it refused. */
  get away(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export class ApiClient {
  readonly #session: SessionStore;
  readonly #fetch: typeof fetch;
  readonly #wait: (delayMs: number) => Promise<void>;

  constructor(
    session: SessionStore,
    fetcher: typeof fetch = (input, init) => fetch(input, init),
    wait: (delayMs: number) => Promise<void> = (delayMs) =>
      new Promise((resolve) => setTimeout(resolve, delayMs)),
  ) {
    this.#session = session;
    this.#fetch = fetcher;
    this.#wait = wait;
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#request<T>("GET", path, undefined, {}, signal);
  }

  /** Writes; the effect happens once, also when the request is repeated. */
  async post<T>(path: string, body?: unknown): Promise<T> {
    const headers = { "Idempotency-Key": newKey() };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#request<T>("POST", path, body, headers);
      } catch (error) {
        if (!(error instanceof ApiError && error.away) || attempt === WRITE_ATTEMPTS_MAX)
          throw error;
        const asked = error.retryAfterS === null ? RETRY_MS : error.retryAfterS * 1000;
        await this.#wait(Math.min(asked, RETRY_MS_MAX));
      }
    }
  }

  async login(email: string, password: string): Promise<void> {
    const found = await this.#request<Login>("POST", "/api/auth/login", { email, password });
    this.#session.start({
      token: found.access_token,
      email: found.account.email,
      role: found.account.role,
    });
  }

  /** Ends the session on this page in any case; revoking the token is best effort. */
  async logout(): Promise<void> {
    const revoked = this.#request("POST", "/api/auth/logout");
    this.#session.end();
    await revoked.catch(() => undefined);
  }

  async #request<T>(
    method: string,
    path: string,
    body?: unknown,
    extra: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const token = this.#session.state().session?.token ?? null;
    const headers: Record<string, string> = { Accept: "application/json", ...extra };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const limit = AbortSignal.timeout(REQUEST_MS_MAX);
    let answer: Response;
    let text: string;
    try {
      answer = await this.#fetch(path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        cache: "no-store",
        credentials: "omit",
      });
      text = await answer.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(0, "The server cannot be reached.");
    }
    if (answer.ok) return readJson<T>(answer, text);
    if (answer.status === 401 && token !== null) this.#session.end(SESSION_ENDED, token);
    throw toError(answer, text);
  }
}

function readJson<T>(answer: Response, text: string): T {
  if (answer.status === 204) return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(answer.status, "The server answered something that is not JSON.");
  }
}

interface Problem {
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly errors?: unknown;
}

function toError(answer: Response, text: string): ApiError {
  let problem: Problem = {};
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null) problem = found;
  } catch {
    // An HTML page of a proxy says no more than the status.
  }
  const fallback = `The server answered ${answer.status}.`;
  const detail = [problem.detail, problem.title, fallback].find((each) => typeof each === "string");
  const seconds = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  return new ApiError(
    answer.status,
    sentence(String(detail)),
    places(problem.errors),
    Number.isFinite(seconds) ? seconds : null,
  );
}

function places(errors: unknown): Map<string, string> {
  const found = new Map<string, string>();
  if (!Array.isArray(errors)) return found;
  for (const each of errors as { place?: unknown; message?: unknown }[]) {
    if (typeof each?.place === "string" && typeof each.message === "string") {
      found.set(each.place, each.message);
    }
  }
  return found;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function newKey(): string {
  // crypto.randomUUID exists in secure contexts only; the page may be served by plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
