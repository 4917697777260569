import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApp, useSession } from "./AppContext";
import { ErrorMessage } from "./parts/ErrorMessage";

export function Login() {
  const { api } = useApp();
  const { ended } = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({ mutationFn: () => api.login(email.trim(), password) });
  const message = login.error?.message ?? (login.isPending ? null : ended);

  function submit(event: FormEvent) {
    event.preventDefault();
    login.mutate();
  }

  return (
    <main className="login">
      <form className="card" onSubmit={submit} noValidate>
        <h1>swarm</h1>
        <div className="field">
          <label htmlFor="email">E-mail</label>
          <input
            id="email"
            data-testid="login-email"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="password">Password</label>
          <input
            id="password"
            data-testid="login-password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        {message !== null && message !== undefined && (
          <ErrorMessage kind="login">{message}</ErrorMessage>
        )}
        <button
          type="submit"
          className="primary"
          data-testid="login-submit"
          disabled={login.isPending || email.trim() === "" || password === ""}
        >
          {login.isPending ? "Logging in …" : "Log in"}
        </button>
      </form>
    </main>
  );
}
