import { backoffMs } from "./backoff";

export type ConnectionState = "connecting" | "connected" | "disconnected";

/** The part of WebSocket that is used. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ConnectionOptions {
  readonly token: string;
  readonly open: () => Socket;
  readonly onMessage: (message: Message) => void;
  readonly onState: (state: ConnectionState) => void;
  readonly onUnauthorized: () => void;
  readonly random?: () => number;
}

// Also the limit for a server that accepts the connection but does not answer.
const AUTHENTICATE_MS_MAX = 8_000;
const UNAVAILABLE_RETRY_MS = 1_000;
const UNAUTHORIZED = 4401;

/** One WebSocket that reconnects by itself and then continues each subscription after the last
 * event that arrived. */
export class LiveConnection {
  readonly #options: ConnectionOptions;
  // The position of each subscription: the last event id, or where it begins.
  readonly #positions = new Map<string, string>();
  #socket: Socket | null = null;
  #ready = false;
  #stopped = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Tries at once instead of waiting; for when the browser says it is online again. */
  retryNow(): void {
    if (this.#stopped || this.#socket !== null) return;
    this.#attempt = 0;
    clearTimeout(this.#timer);
    this.#connect();
  }

  watch(jobId: string, after: string): void {
    if (this.#positions.has(jobId)) return;
    this.#positions.set(jobId, after);
    this.#subscribe(jobId);
  }

  unwatch(jobId: string): void {
    if (this.#positions.delete(jobId) && this.#ready) {
      this.#send({ type: "unsubscribe", job_id: jobId });
    }
  }

  #connect(): void {
    this.#options.onState("connecting");
    const socket = this.#options.open();
    this.#socket = socket;
    // In the first message, not in the URL: URLs are written to logs.
    socket.onopen = () => this.#send({ type: "auth", token: this.#options.token });
    socket.onmessage = (event) => this.#hear(String(event.data));
    socket.onclose = (event) => this.#lost(event.code);
    this.#timer = setTimeout(() => {
      this.#drop();
      this.#lost(0);
    }, AUTHENTICATE_MS_MAX);
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as Message;
    const jobId = message.job_id;
    if (message.type === "authenticated") {
      clearTimeout(this.#timer);
      this.#ready = true;
      this.#attempt = 0;
      this.#options.onState("connected");
      for (const each of this.#positions.keys()) this.#subscribe(each);
      return;
    }
    if (message.type === "error" && message.code === "unavailable" && isText(jobId)) {
      setTimeout(() => this.#subscribe(jobId), UNAVAILABLE_RETRY_MS);
      return;
    }
    const eventId = message.event_id;
    if (isText(jobId) && isText(eventId) && this.#positions.has(jobId)) {
      this.#positions.set(jobId, eventId);
    }
    this.#options.onMessage(message);
  }

  #lost(code: number): void {
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#ready = false;
    if (this.#stopped) return;
    this.#options.onState("disconnected");
    if (code === UNAUTHORIZED) {
      this.#stopped = true;
      this.#options.onUnauthorized();
      return;
    }
    const random = this.#options.random ?? Math.random;
    this.#timer = setTimeout(() => this.#connect(), backoffMs(this.#attempt, random()));
    this.#attempt += 1;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #subscribe(jobId: string): void {
    const after = this.#positions.get(jobId);
    if (!this.#ready || after === undefined) return;
    this.#send({ type: "subscribe", job_id: jobId, last_event_id: after });
  }

  #send(message: Message): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
