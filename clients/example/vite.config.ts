import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// What `make local` wrote of the stack that it started.
const local = JSON.parse(readFileSync(process.env.LOCAL_ENV ?? `${import.meta.dirname}/../../.local/env.json`, "utf-8"));
const { pathname } = new URL(local.api_url);

export default defineConfig({
  define: {
    // From this page's own origin: the one that the environment lets in by CORS is that of the app to come.
    LOCAL: {
      apiPath: `/local${pathname}`,
      cognitoPath: "/local/",
      inboxPath: "/local/_ministack/ses/messages",
      userPoolId: local.user_pool_id,
      clientId: local.user_pool_client_id,
    },
  },
  cacheDir: `${import.meta.dirname}/node_modules/.vite`,
  // The client is made anew without a new version, by which Vite would know.
  optimizeDeps: { force: true },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: {
    host: "127.0.0.1",
    proxy: { "/local": { target: local.endpoint_url, rewrite: (path) => path.replace("/local", "") } },
  },
});
