// Signs in with Cognito and lists the person's spaces, by the typed client. `make example` serves it.

import { AuthenticationDetails, CognitoUser, CognitoUserPool, type CognitoUserSession } from "amazon-cognito-identity-js";
import { createClient, itemsOf } from "lifestyle-spaces-client";

// What vite.config.ts reads from .local/env.json.
declare const LOCAL: { apiUrl: string; cognitoUrl: string; userPoolId: string; clientId: string };

const form = document.querySelector("form")!;
const status = document.querySelector("[role=status]")!;
const list = document.querySelector("ul")!;

const pool = new CognitoUserPool({
  UserPoolId: LOCAL.userPoolId,
  ClientId: LOCAL.clientId,
  endpoint: LOCAL.cognitoUrl,
});

function signIn(email: string, password: string): Promise<CognitoUserSession> {
  const user = new CognitoUser({ Username: email, Pool: pool });
  const details = new AuthenticationDetails({ Username: email, Password: password });
  return new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
}

async function showSpaces(session: CognitoUserSession): Promise<void> {
  const client = createClient({ baseUrl: LOCAL.apiUrl, token: () => session.getIdToken().getJwtToken() });
  const spaces = itemsOf((place) => client.GET("/api/v1/users/me/spaces", { params: { query: place } }));
  list.replaceChildren();
  for await (const space of spaces) {
    const item = document.createElement("li");
    item.textContent = `${space.name} (${space.role})`;
    list.append(item);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form)) as Record<string, string>;
  status.textContent = "Signing in ...";
  try {
    await showSpaces(await signIn(email!, password!));
    status.textContent = `Signed in as ${email}`;
  } catch (error) {
    status.textContent = (error as Error).message;
  }
});
