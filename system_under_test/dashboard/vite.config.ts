import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm run dev` finds a running api; the built page is served by the api itself.
const API = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    // The page's policy has no data: for scripts and styles, and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": API, "/ws": { target: API, ws: true } },
  },
});
