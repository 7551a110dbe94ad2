// The form of an operation: sends it to the environment `local`, shows it as curl, and carries ids from one answer
// to the next form.

import { LOCAL, element, environment, idToken } from "./session.js";

const HEADERS = ["ETag", "Location", "Retry-After", "X-Request-Id", "Idempotency-Replayed"];
// Ids of others than what was asked for.
const NOT_CARRIED = /^(request|actor|author|owner|subject|parent|section)_id$/;
const PLACEHOLDER = /"<(\w+)>"/g;
const form = document.querySelector("#try");

const stored = (name) => JSON.parse(sessionStorage.getItem(name) ?? "{}");

function store(name, values) {
  sessionStorage.setItem(name, JSON.stringify({ ...stored(name), ...values }));
}

/** The ids in an answer, by name; of a list, those of its first item. */
function idsIn(answer) {
  const found = {};
  for (const part of [answer.items?.[0] ?? {}, answer]) {
    for (const [name, value] of Object.entries(part)) {
      if (typeof value === "string" && (name.endsWith("_id") || name === "code") && !NOT_CARRIED.test(name)) {
        found[name] = value;
      }
    }
  }
  return found;
}

const fields = () => [...form.querySelectorAll("input, select")];
const pathOf = () =>
  fields()
    .filter(({ dataset }) => dataset.in === "path")
    .reduce((path, { name, value }) => path.replace(`{${name}}`, value && encodeURIComponent(value)), form.dataset.path);

/** Fills in what earlier answers said, where nothing has been entered. */
function fill(email) {
  const ids = stored("ids");
  for (const input of fields()) {
    if (input.dataset.in === "path" && input.value === "" && input.name in ids) {
      input.value = ids[input.name];
      input.title = "From an earlier answer";
    }
    if (input.name === "Idempotency-Key" && input.value === "") {
      input.value = crypto.randomUUID();
    }
  }
  const ifMatch = form.elements["If-Match"];
  if (ifMatch !== undefined && ifMatch.value === "") {
    ifMatch.value = stored("etags")[pathOf()] ?? "";
  }
  const body = form.elements.body;
  if (body !== undefined) {
    body.value = body.value.replace(PLACEHOLDER, (text, name) => (name in ids ? JSON.stringify(ids[name]) : text));
    if (email && form.dataset.path === "/api/v1/users") {
      body.value = body.value.replace(/("email": )"[^"]*"/, `$1${JSON.stringify(email)}`);
    }
  }
}

/** Method, path with query, headers and body, as the form says. Fields that are left empty are not sent. */
function described() {
  const headers = {};
  const query = new URLSearchParams();
  for (const { name, value, dataset } of fields()) {
    if (value !== "" && dataset.in === "query") {
      query.append(name, value);
    } else if (value !== "" && dataset.in === "header") {
      headers[name] = value;
    }
  }
  const body = form.elements.body?.value;
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  return { method: form.dataset.method, path: pathOf() + (query.size ? `?${query}` : ""), headers, body };
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

async function asCurl() {
  const { method, path, headers, body } = described();
  const address = await environment.then(({ api_url }) => quoted(api_url + path), () => `"$API_URL"${quoted(path)}`);
  const lines = [`curl -i -X ${method} ${address}`];
  if (!("open" in form.dataset)) {
    lines.push('-H "Authorization: Bearer $TOKEN"');
  }
  lines.push(...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
  if (body !== undefined) {
    lines.push(`-d ${quoted(body)}`);
  }
  return lines.join(" \\\n  ");
}

/** What a problem means and what to do about it. */
async function explained({ code, detail }) {
  const { title, advice } = (await (await fetch("problems.json")).json())[code] ?? { title: detail, advice: "" };
  const box = element("div", "", { className: "problem" });
  const more = element("a", code, { href: `errors.html#${code}` });
  box.append(element("strong", `${title}. `), element("span", "", { innerHTML: advice }), " ", more);
  return box;
}

function code(text) {
  const block = element("pre", "");
  block.append(element("code", text, { tabIndex: 0 }));
  return block;
}

async function show(answer, place) {
  const text = await answer.text();
  const parsed = text === "" ? null : JSON.parse(text);
  const told = HEADERS.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
  const parts = [element("h3", `${answer.status} ${answer.statusText}`), code(told.join("\n"))];
  if (!answer.ok && parsed?.code) {
    parts.push(await explained(parsed));
  }
  if (parsed !== null) {
    parts.push(code(JSON.stringify(parsed, null, 2)));
  }
  place.replaceChildren(...parts);
  if (answer.ok) {
    carry(answer, parsed);
  }
}

/** Keeps ids and the ETag for the next forms; the key of a request that has succeeded is not used again. */
function carry(answer, parsed) {
  const typed = fields().filter(({ name, dataset }) => dataset.in === "path" && name.endsWith("_id"));
  store("ids", { ...Object.fromEntries(typed.map(({ name, value }) => [name, value])), ...idsIn(parsed ?? {}) });
  if (answer.headers.has("ETag")) {
    const path = new URL(answer.headers.get("Location") ?? pathOf(), location.href).pathname;
    store("etags", { [path.slice(Math.max(path.indexOf("/api/"), 0))]: answer.headers.get("ETag") });
  }
  if (form.elements["Idempotency-Key"] !== undefined) {
    form.elements["Idempotency-Key"].value = crypto.randomUUID();
  }
}

async function send(event) {
  event.preventDefault();
  const place = document.querySelector("#answer");
  place.hidden = false;
  place.replaceChildren(element("p", "Sending ..."));
  try {
    const { method, path, headers, body } = described();
    const open = [...(body ?? "").matchAll(PLACEHOLDER)].map(([, name]) => `<${name}>`);
    if (open.length) {
      throw new Error(`Replace ${open.join(" and ")} in the body first.`);
    }
    const { api_path } = await environment;
    const token = await idToken();
    if (token !== null) {
      headers.Authorization = `Bearer ${token.getJwtToken()}`;
    }
    await show(await fetch(LOCAL + api_path + path, { method, headers, body }), place);
  } catch (error) {
    place.replaceChildren(element("p", error.message));
  }
}

async function copyAsCurl({ target }) {
  const command = await asCurl();
  const place = document.querySelector("#answer");
  place.hidden = false;
  place.replaceChildren(code(command));
  try {
    await navigator.clipboard.writeText(command);
  } catch {
    return; // A browser may refuse; the command can be copied by hand.
  }
  target.textContent = "Copied";
  setTimeout(() => (target.textContent = "Copy as curl"), 2000);
}

if (form !== null) {
  form.addEventListener("submit", send);
  document.querySelector("#as-curl").addEventListener("click", copyAsCurl);
  document.addEventListener("session", ({ detail }) => fill(detail?.email));
  fill((await idToken().catch(() => null))?.payload.email);
}
