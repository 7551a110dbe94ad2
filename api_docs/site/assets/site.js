// Signs in with Cognito (SRP, so that the password never leaves the page) and sends requests to the environment
// `local`, which the server of `make docs` forwards to from /local/.

const LOCAL = "/local/";
const HEADERS = ["ETag", "Location", "Retry-After", "X-Request-Id", "Idempotency-Replayed"];
const who = document.querySelector("#who");

const environment = fetch(`${LOCAL}env.json`).then(async (answer) => {
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
async function idToken() {
  const user = (await pool).getCurrentUser();
  if (user === null) {
    return null;
  }
  return new Promise((resolve, reject) => {
    user.getSession((error, session) => (error ? reject(error) : resolve(session.getIdToken())));
  });
}

async function showWho() {
  try {
    const token = await idToken();
    who.textContent = token === null ? "Not signed in" : `Signed in as ${token.payload.email}`;
  } catch (error) {
    who.textContent = error.message;
  }
}

async function signIn(event) {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  who.textContent = "Signing in ...";
  try {
    const user = new AmazonCognitoIdentity.CognitoUser({ Username: email, Pool: await pool });
    const details = new AmazonCognitoIdentity.AuthenticationDetails({ Username: email, Password: password });
    await new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
    event.target.reset();
    await showWho();
  } catch (error) {
    who.textContent = error.message;
  }
}

/** The request that the form describes. Fields that are left empty are not sent. */
async function requestOf(form) {
  const headers = new Headers();
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const { name, value, dataset } of form.querySelectorAll("input")) {
    if (dataset.in === "path") {
      path = path.replace(`{${name}}`, encodeURIComponent(value));
    } else if (value !== "") {
      (dataset.in === "query" ? query : headers).append(name, value);
    }
  }
  const token = await idToken();
  if (token !== null) {
    headers.set("Authorization", `Bearer ${token.getJwtToken()}`);
  }
  const body = form.querySelector("textarea")?.value;
  if (body !== undefined) {
    headers.set("Content-Type", "application/json");
  }
  const { api_path } = await environment;
  const search = query.size ? `?${query}` : "";
  return new Request(LOCAL + api_path + path + search, { method: form.dataset.method, headers, body });
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

/** What a problem means and what to do about it. */
async function explained({ code, detail }) {
  const { title, advice } = (await (await fetch("problems.json")).json())[code] ?? { title: detail, advice: "" };
  const box = element("div", "", { className: "problem" });
  const more = element("a", code, { href: `errors.html#${code}` });
  box.append(element("strong", `${title}. `), element("span", "", { innerHTML: advice }), " ", more);
  return box;
}

async function show(answer, place) {
  const text = await answer.text();
  const parsed = text === "" ? null : JSON.parse(text);
  const told = HEADERS.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
  const parts = [element("h3", `${answer.status} ${answer.statusText}`), element("pre", told.join("\n"))];
  if (!answer.ok && parsed?.code) {
    parts.push(await explained(parsed));
  }
  if (parsed !== null) {
    parts.push(element("pre", JSON.stringify(parsed, null, 2)));
  }
  place.replaceChildren(...parts);
}

async function send(event) {
  event.preventDefault();
  const place = document.querySelector("#answer");
  place.hidden = false;
  place.replaceChildren(element("p", "Sending ..."));
  try {
    await show(await fetch(await requestOf(event.target)), place);
  } catch (error) {
    place.replaceChildren(element("p", error.message));
  }
}

/** Every mail that the emulator has kept, newest first. */
async function showInbox(place) {
  const answer = await fetch(`${LOCAL}_ministack/ses/messages`);
  const told = await answer.json();
  if (!answer.ok) {
    place.replaceChildren(element("p", told.detail));
    return;
  }
  const mails = Object.values(told.messages).flat();
  mails.sort((one, other) => other.Timestamp - one.Timestamp);
  const shown = mails.map(({ To, Subject, Timestamp, BodyText }) => {
    const mail = element("article", "", { className: "mail" });
    const when = new Date(Timestamp * 1000).toLocaleString();
    mail.append(element("h3", Subject), element("p", `to ${To.join(", ")}, ${when}`), element("pre", BodyText));
    return mail;
  });
  place.replaceChildren(...(shown.length ? shown : [element("p", "No mail yet.")]));
}

document.querySelector("#sign-in").addEventListener("submit", signIn);
document.querySelector("#try")?.addEventListener("submit", send);
await showWho();
const inbox = document.querySelector("#inbox");
if (inbox !== null) {
  await showInbox(inbox);
}
