import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs } from "../src/live/backoff";
import {
  type ConnectionState,
  LiveConnection,
  type Message,
  type Socket,
} from "../src/live/connection";

class FakeSocket implements Socket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: Message[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Message);
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.({} as Event);
    this.hear({ type: "authenticated" });
  }

  hear(message: Message): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  lose(code = 1006): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

let sockets: FakeSocket[];
let states: ConnectionState[];
let heard: Message[];
let unauthorized: number;
let connection: LiveConnection;

function socket(): FakeSocket {
  const last = sockets.at(-1);
  if (last === undefined) throw new Error("no socket was opened");
  return last;
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  states = [];
  heard = [];
  unauthorized = 0;
  connection = new LiveConnection({
    token: "secret",
    open: () => {
      sockets.push(new FakeSocket());
      return socket();
    },
    onMessage: (message) => heard.push(message),
    onState: (state) => states.push(state),
    onUnauthorized: () => {
      unauthorized += 1;
    },
    random: () => 1,
  });
  connection.start();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a connection", () => {
  it("sends the token first and is connected once it is accepted", () => {
    socket().onopen?.({} as Event);
    expect(socket().sent).toEqual([{ type: "auth", token: "secret" }]);
    expect(states).toEqual(["connecting"]);
    socket().hear({ type: "authenticated" });
    expect(states).toEqual(["connecting", "connected"]);
  });

  it("comes back by itself and continues after the last event of each job", () => {
    connection.watch("a", "100");
    connection.watch("b", "200");
    socket().accept();
    socket().hear({ type: "job.log", job_id: "a", event_id: "150-0" });
    socket().lose();
    expect(states.at(-1)).toBe("disconnected");
    vi.advanceTimersByTime(backoffMs(0, 1));
    expect(sockets).toHaveLength(2);
    socket().accept();
    expect(socket().sent.slice(1)).toEqual([
      { type: "subscribe", job_id: "a", last_event_id: "150-0" },
      { type: "subscribe", job_id: "b", last_event_id: "200" },
    ]);
    expect(states.at(-1)).toBe("connected");
  });

  it("waits longer each time, and starts over after a success", () => {
    for (const attempt of [0, 1, 2]) {
      socket().lose();
      vi.advanceTimersByTime(backoffMs(attempt, 1) - 1);
      expect(sockets).toHaveLength(attempt + 1);
      vi.advanceTimersByTime(1);
      expect(sockets).toHaveLength(attempt + 2);
    }
    socket().accept();
    socket().lose();
    vi.advanceTimersByTime(backoffMs(0, 1));
    expect(sockets).toHaveLength(5);
  });

  it("gives up a server that accepts and says nothing", () => {
    socket().onopen?.({} as Event);
    const silent = socket();
    vi.advanceTimersByTime(8_000);
    expect(silent.closed).toBe(true);
    expect(states.at(-1)).toBe("disconnected");
    vi.advanceTimersByTime(backoffMs(0, 1));
    expect(sockets).toHaveLength(2);
  });

  it("does not try again with a token that was refused", () => {
    socket().lose(4401);
    vi.advanceTimersByTime(60_000);
    expect(unauthorized).toBe(1);
    expect(sockets).toHaveLength(1);
  });

  it("subscribes again when the store was away", () => {
    socket().accept();
    connection.watch("a", "0");
    socket().hear({ type: "error", code: "unavailable", job_id: "a" });
    vi.advanceTimersByTime(1_000);
    expect(socket().sent.filter(({ type }) => type === "subscribe")).toHaveLength(2);
  });

  it("forgets what nobody watches", () => {
    socket().accept();
    connection.watch("a", "0");
    connection.unwatch("a");
    expect(socket().sent.at(-1)).toEqual({ type: "unsubscribe", job_id: "a" });
    socket().lose();
    vi.advanceTimersByTime(backoffMs(0, 1));
    socket().accept();
    expect(socket().sent.map(({ type }) => type)).toEqual(["auth"]);
  });

  it("stays closed once it is stopped", () => {
    const first = socket();
    connection.stop();
    vi.advanceTimersByTime(60_000);
    expect(first.closed).toBe(true);
    expect(sockets).toHaveLength(1);
  });

  it("tries at once when the browser is online again", () => {
    socket().lose();
    connection.retryNow();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    connection.retryNow();
    expect(sockets).toHaveLength(2);
  });
});

describe("the delay before another try", () => {
  it("doubles up to ten seconds, and half of it is random", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => backoffMs(attempt, 1))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
    expect(backoffMs(1, 0)).toBe(500);
  });
});
