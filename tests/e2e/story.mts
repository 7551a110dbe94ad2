// What a front end does with the TypeScript client, for `test_clients.py`. It prints what happened, as JSON.

import { answerOf, createClient, dataOf, itemsOf, ProblemError, waitForOperation } from "lifestyle-spaces-client";
import { Session, SignInError } from "lifestyle-spaces-client/cognito";

type Name = "API_URL" | "ENDPOINT" | "USER_POOL_ID" | "USER_POOL_CLIENT_ID" | "PASSWORD";
declare const process: { env: Record<Name, string> };
const { API_URL, ENDPOINT, USER_POOL_ID, USER_POOL_CLIENT_ID, PASSWORD } = process.env;

const email = "typescript@example.com";
const session = new Session({ userPoolId: USER_POOL_ID, clientId: USER_POOL_CLIENT_ID, endpoint: ENDPOINT });
const client = createClient({ baseUrl: API_URL, token: session.token });

/** The code of the error that a promise ends with. */
async function codeOf(refused: Promise<unknown>): Promise<string> {
  try {
    await refused;
  } catch (error) {
    if (error instanceof SignInError || error instanceof ProblemError) {
      return error.code;
    }
    throw error;
  }
  return "none";
}

interface Mail {
  To: string[];
  BodyText: string;
}

/** The code that Cognito mailed; the embedded AWS keeps all mail. */
async function codeInTheMail(): Promise<string> {
  const inbox = await fetch(`${ENDPOINT}/_ministack/ses/messages`);
  const { messages } = (await inbox.json()) as { messages: Record<string, Mail[]> };
  const mail = Object.values(messages).flat().find(({ To }) => To.includes(email));
  return mail!.BodyText.match(/\b\d{6}\b/)![0];
}

await session.signUp(email, PASSWORD);
const code = await codeInTheMail();
const wrongCode = await codeOf(session.confirm(email, String((Number(code) + 1) % 1_000_000).padStart(6, "0")));
await session.confirm(email, code);
const wrongPassword = await codeOf(session.signIn(email, `${PASSWORD}!`));
await session.signIn(email, PASSWORD);
const renewed = (await session.token({ fresh: true })) === (await session.token());

await dataOf(client.POST("/api/v1/users", { body: { email, name: "Ada" } }));
const refused = await dataOf(client.POST("/api/v1/users", { body: { email, name: "Ada" } })).catch((error: unknown) => {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  throw error;
});
for (const name of ["Morning runners", "Evening readers"]) {
  await dataOf(client.POST("/api/v1/spaces", { body: { name } }));
}
const made = await answerOf(client.POST("/api/v1/spaces", { body: { name: "Night owls" } }));

const names: string[] = [];
const pages = itemsOf((place) =>
  client.GET("/api/v1/users/me/spaces", { params: { query: { limit: 2, ...place } } }),
);
for await (const space of pages) {
  names.push(`${space.name} (${space.role ?? "nobody"})`);
}

const path = { space_id: made.data.space_id };
const rename = (name: string) =>
  dataOf(
    client.PATCH("/api/v1/spaces/{space_id}", {
      params: { path, header: { "If-Match": made.etag! } },
      body: { name },
    }),
  );
const { name: replaced } = await rename("Early birds");
const conflict = await codeOf(rename("Late birds"));
const deletion = await waitForOperation(
  client,
  await dataOf(client.DELETE("/api/v1/spaces/{space_id}", { params: { path } })),
);
await session.signOut();
const signedOut = await codeOf(session.token());

console.log(
  JSON.stringify({
    ...{ wrongCode, wrongPassword, renewed, names, refused, location: made.location, replaced, conflict, signedOut },
    deletion: deletion.status,
  }),
);
