// The mail that the environment `local` would have sent.

import { LOCAL, element, environment } from "./session.js";

/** Every mail that the emulator has kept, newest first. */
async function showInbox(place) {
  try {
    await environment;
  } catch (error) {
    place.replaceChildren(element("p", error.message));
    return;
  }
  const { messages } = await (await fetch(`${LOCAL}_ministack/ses/messages`)).json();
  const mails = Object.values(messages).flat();
  mails.sort((one, other) => other.Timestamp - one.Timestamp);
  const shown = mails.map(({ To, Subject, Timestamp, BodyText }) => {
    const mail = element("article", "", { className: "mail" });
    const when = new Date(Timestamp * 1000).toLocaleString();
    mail.append(element("h2", Subject), element("p", `to ${To.join(", ")}, ${when}`), element("pre", BodyText));
    return mail;
  });
  place.replaceChildren(...(shown.length ? shown : [element("p", "No mail yet.")]));
}

const inbox = document.querySelector("#mails");
if (inbox !== null) {
  await showInbox(inbox);
}
