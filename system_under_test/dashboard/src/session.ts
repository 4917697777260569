// Who is logged in, in this tab only: session storage ends with the tab.

export interface Session {
  readonly token: string;
  readonly email: string;
  readonly role: string;
}

export interface SessionState {
  readonly session: Session | null;
  // Why the last session ended, unless the user logged out.
  readonly ended: string | null;
}

const KEY = "swarm.session";

export class SessionStore {
  #state: SessionState;
  readonly #listeners = new Set<() => void>();
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#state = { session: parse(storage.getItem(KEY)), ended: null };
  }

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(session: Session): void {
    this.#storage.setItem(KEY, JSON.stringify(session));
    this.#set({ session, ended: null });
  }

  // A late answer to a request of an earlier session must not end the current one.
  end(reason: string | null = null, token: string | null = null): void {
    const current = this.#state.session;
    if (current === null || (token !== null && token !== current.token)) return;
    this.#storage.removeItem(KEY);
    this.#set({ session: null, ended: reason });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function parse(text: string | null): Session | null {
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    return isSession(found) ? found : null;
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is Session {
  return (
    typeof value === "object" &&
    value !== null &&
    ["token", "email", "role"].every(
      (name) => typeof (value as Record<string, unknown>)[name] === "string",
    )
  );
}
