// Who is signed in, and the client that calls the API in their name.

import { createClient } from "lifestyle-spaces-client";
import { Session } from "lifestyle-spaces-client/cognito";

// What vite.config.ts reads from .local/env.json.
declare const LOCAL: Record<"apiPath" | "cognitoPath" | "inboxPath" | "userPoolId" | "clientId", string>;

export const session = new Session({
  userPoolId: LOCAL.userPoolId,
  clientId: LOCAL.clientId,
  endpoint: LOCAL.cognitoPath,
});

export const client = createClient({ baseUrl: location.origin + LOCAL.apiPath, token: session.token });

interface Mail {
  To: string[];
  BodyText: string;
}

/** The code in the newest mail to an address. The local stack keeps all mail that it would have sent. */
export async function codeInLocalInbox(email: string): Promise<string | null> {
  const response = await fetch(LOCAL.inboxPath);
  const { messages } = (await response.json()) as { messages: Record<string, Mail[]> };
  const mails = Object.values(messages).flat().filter(({ To }) => To.includes(email.toLowerCase()));
  return mails.at(-1)?.BodyText.match(/\b\d{6}\b/)?.[0] ?? null;
}
