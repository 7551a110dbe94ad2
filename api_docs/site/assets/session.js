// Signing in to the environment `local` with Cognito: by SRP, so that the password never leaves the page.
// The server of `make docs` forwards what is below local/; elsewhere there is no such address.

export const LOCAL = new URL("../local/", import.meta.url).href;
const STATIC = "Requests can be sent from the site that `make docs` serves, to the service that `make local` starts.";

/** What the site needs to know of the deployment. Rejected, with what to do, where there is none. */
export const environment = fetch(`${LOCAL}env.json`).then(async (answer) => {
  if (!answer.headers.get("Content-Type")?.includes("json")) {
    throw new Error(STATIC);
  }
  const told = await answer.json();
  if (!answer.ok) {
    throw new Error(told.detail);
  }
  return told;
});

const pool = environment.then(
  ({ user_pool_id, user_pool_client_id }) =>
    new AmazonCognitoIdentity.CognitoUserPool({
      UserPoolId: user_pool_id,
      ClientId: user_pool_client_id,
      endpoint: LOCAL,
    }),
);

/** The ID token of whoever is signed in, refreshed where it has expired; null if nobody is. */
export async function idToken() {
  const user = (await pool).getCurrentUser();
  if (user === null) {
    return null;
  }
  return new Promise((resolve, reject) => {
    user.getSession((error, session) => (error ? reject(error) : resolve(session.getIdToken())));
  });
}

export function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

function field(label, properties) {
  const wrapped = element("label", `${label} `);
  wrapped.append(element("input", "", { required: true, ...properties }));
  return wrapped;
}

const button = element("button", "Sign in", { type: "button", className: "account md-button" });
const dialog = element("dialog", "", { id: "account" });
const status = element("output", "", { role: "status" });
const form = element("form", "", { id: "sign-in" });
const signOutButton = element("button", "Sign out", { type: "button", className: "md-button", hidden: true });

async function show() {
  let signedIn = null;
  let said = "Not signed in";
  try {
    signedIn = await idToken();
    said = signedIn === null ? said : `Signed in as ${signedIn.payload.email}`;
  } catch (error) {
    said = error.message;
  }
  button.textContent = signedIn === null ? "Sign in" : signedIn.payload.email;
  form.hidden = signedIn !== null;
  signOutButton.hidden = signedIn === null;
  status.textContent = said;
  const who = document.querySelector("#who");
  if (who !== null) {
    who.textContent = said;
  }
  document.dispatchEvent(new CustomEvent("session", { detail: signedIn?.payload ?? null }));
}

async function signIn(event) {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  status.textContent = "Signing in ...";
  try {
    const user = new AmazonCognitoIdentity.CognitoUser({ Username: email, Pool: await pool });
    const details = new AmazonCognitoIdentity.AuthenticationDetails({ Username: email, Password: password });
    await new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
  } catch (error) {
    status.textContent = error.message;
    return;
  }
  form.reset();
  await show();
  dialog.close();
}

/** Revokes the refresh token, and forgets all tokens and what earlier answers left. */
async function signOut() {
  const user = (await pool).getCurrentUser();
  sessionStorage.clear();
  await new Promise((resolve) => user.signOut(resolve));
  await show();
}

function addControls() {
  const hint = element("p", "", { innerHTML: "The users that <code>make local</code> has printed, or one of <code>make token</code>." });
  form.append(
    field("E-mail", { name: "email", type: "email", autocomplete: "username" }),
    field("Password", { name: "password", type: "password", autocomplete: "current-password" }),
    element("button", "Sign in", { className: "md-button md-button--primary" }),
    hint,
  );
  const closing = element("button", "Close", { type: "button", className: "md-button" });
  const actions = element("div", "", { className: "actions" });
  actions.append(signOutButton, closing);
  dialog.append(element("h2", "Your session", { id: "account-title" }), status, form, actions);
  dialog.setAttribute("aria-labelledby", "account-title");
  dialog.className = "md-typeset";
  document.body.append(dialog);
  document.querySelector(".md-header__inner").append(button);
  button.addEventListener("click", () => dialog.showModal());
  closing.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", signIn);
  signOutButton.addEventListener("click", signOut);
}

const isServed = await environment.then(
  () => true,
  (error) => error.message !== STATIC,
);
if (isServed) {
  addControls();
}
await show();
