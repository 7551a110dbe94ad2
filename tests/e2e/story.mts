// What a front end does, with the TypeScript client, for `test_clients.py`. It prints what it met, as JSON.

import { createClient, dataOf, itemsOf, ProblemError } from "../../clients/typescript/dist/index.js";

declare const process: { env: Record<"API_URL" | "TOKEN", string> };

const client = createClient({ baseUrl: process.env.API_URL, token: () => process.env.TOKEN });

const profile = await dataOf(client.GET("/api/v1/users/me"));
for (const name of ["Morning runners", "Evening readers", "Night owls"]) {
  await dataOf(client.POST("/api/v1/spaces", { body: { name } }));
}

const names: string[] = [];
const pages = itemsOf((place) =>
  client.GET("/api/v1/users/me/spaces", { params: { query: { limit: 2, ...place } } }),
);
for await (const space of pages) {
  names.push(`${space.name} (${space.role ?? "nobody"})`);
}

const again = client.POST("/api/v1/users", { body: { email: profile.email, name: profile.name } });
const refused = await dataOf(again).catch((error: unknown) => {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  throw error;
});

console.log(JSON.stringify({ names, refused }));
