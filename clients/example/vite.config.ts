import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// What `make local` wrote of the stack that it started.
const local = JSON.parse(readFileSync(process.env.LOCAL_ENV ?? `${import.meta.dirname}/../../.local/env.json`, "utf-8"));
const { pathname } = new URL(local.api_url);

export default defineConfig({
  define: {
    // From this page's own origin: the one that the environment lets in by CORS is that of the app to come.
    LOCAL: {
      apiUrl: `/local${pathname}`,
      cognitoUrl: "/local/",
      userPoolId: local.user_pool_id,
      clientId: local.user_pool_client_id,
    },
    global: "globalThis", // which amazon-cognito-identity-js takes for granted
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/local": { target: local.endpoint_url, rewrite: (path) => path.replace("/local", "") } },
  },
});
