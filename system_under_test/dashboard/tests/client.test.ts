import { beforeEach, describe, expect, it } from "vitest";
import { ApiClient, ApiError, SESSION_ENDED } from "../src/api/client";
import { SessionStore } from "../src/session";

class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(at: number): string | null {
    return [...this.#items.keys()][at] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

type Answer = Response | Error;

const PERSON = { token: "secret", email: "a@example.org", role: "user" };

let session: SessionStore;
let requests: { readonly path: string; readonly headers: Headers; readonly body: unknown }[];
let waits: number[];

function client(...answers: Answer[]): ApiClient {
  const fetcher = (async (path: string, init: RequestInit) => {
    requests.push({ path, headers: new Headers(init.headers), body: init.body });
    const answer = answers.shift();
    if (answer === undefined) throw new Error("one request too many");
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as typeof fetch;
  return new ApiClient(session, fetcher, async (delayMs) => {
    waits.push(delayMs);
  });
}

function problem(status: number, detail: string, more: object = {}, headers: object = {}) {
  return new Response(JSON.stringify({ status, detail, ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error("it did not fail as the api does");
  return error;
}

beforeEach(() => {
  session = new SessionStore(new MemoryStorage());
  session.start(PERSON);
  requests = [];
  waits = [];
});

describe("a request", () => {
  it("carries the token", async () => {
    expect(await client(Response.json({ a: 1 })).get("/api/x")).toEqual({ a: 1 });
    expect(requests[0]?.headers.get("Authorization")).toBe("Bearer secret");
  });

  it("says what the problem document says, place by place", async () => {
    const errors = [{ place: "parameters.input_file", message: "is required" }];
    const error = await failure(client(problem(400, "it does not fit", { errors })).get("/api/x"));
    expect(error.message).toBe("It does not fit.");
    expect([...error.places]).toEqual([["parameters.input_file", "is required"]]);
  });

  it("survives an answer that is no problem document", async () => {
    const error = await failure(client(new Response("<h1>Bad", { status: 502 })).get("/api/x"));
    expect(error).toMatchObject({ status: 502, message: "The server answered 502.", away: true });
  });

  it("ends the session on a 401, and says so", async () => {
    await failure(client(problem(401, "the token was revoked")).get("/api/x"));
    expect(session.state()).toEqual({ session: null, ended: SESSION_ENDED });
  });

  it("of an earlier session does not end the one that came after it", async () => {
    const late = client(problem(401, "the token was revoked"));
    const pending = failure(late.get("/api/x"));
    session.start({ ...PERSON, token: "another" });
    await pending;
    expect(session.state().session?.token).toBe("another");
  });
});

describe("a write", () => {
  it("is repeated with the same key while the server is away, as long as it asks", async () => {
    const away = problem(503, "the store is away", {}, { "Retry-After": "2" });
    const answers = [away, new TypeError("refused"), Response.json({ job_id: "j" })];
    expect(await client(...answers).post("/api/x", { a: 1 })).toEqual({ job_id: "j" });
    const keys = requests.map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(waits).toEqual([2_000, 1_000]);
  });

  it("is given up after four tries", async () => {
    const down = () => new TypeError("refused");
    const error = await failure(client(down(), down(), down(), down()).post("/api/x"));
    expect(error).toMatchObject({ status: 0, message: "The server cannot be reached." });
  });

  it("that was refused is not repeated", async () => {
    await failure(client(problem(429, "200 jobs are active")).post("/api/x"));
    expect(requests).toHaveLength(1);
  });
});

describe("logging in", () => {
  it("with a wrong password says so and leaves nobody logged in", async () => {
    session.end();
    const error = await failure(
      client(problem(401, "email or password is wrong")).login("a@example.org", "wrong"),
    );
    expect(error.message).toBe("Email or password is wrong.");
    expect(session.state()).toEqual({ session: null, ended: null });
  });

  it("outlives a reload of the tab, logging out does not", async () => {
    const storage = new MemoryStorage();
    new SessionStore(storage).start(PERSON);
    session = new SessionStore(storage);
    expect(session.state().session).toEqual(PERSON);
    await client(new Response(null, { status: 204 })).logout();
    expect(new SessionStore(storage).state().session).toBeNull();
  });

  it("does not trust what is not a session", () => {
    const storage = new MemoryStorage();
    for (const text of ["{", "null", '{"token": 1}']) {
      storage.setItem("swarm.session", text);
      expect(new SessionStore(storage).state().session).toBeNull();
    }
  });
});
