// Sign-up with the mailed code, sign-in, and the profile that everybody makes once.

import { useState } from "preact/hooks";
import { dataOf } from "lifestyle-spaces-client";
import { SignInError } from "lifestyle-spaces-client/cognito";
import { client, codeInLocalInbox, session } from "../session.js";
import { Field, Form } from "../parts.js";

interface Credentials {
  email: string;
  password: string;
}

type Step = "in" | "up" | "code";

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [step, setStep] = useState<Step>("in");
  const [credentials, setCredentials] = useState<Credentials | null>(null);

  const signIn = async (given: Credentials) => {
    try {
      await session.signIn(given.email, given.password);
      onSignedIn();
    } catch (error) {
      if (!(error instanceof SignInError) || error.code !== "UserNotConfirmedException") {
        throw error;
      }
      await session.resendCode(given.email);
      setCredentials(given);
      setStep("code");
    }
  };
  const signUp = async (given: Credentials) => {
    await session.signUp(given.email, given.password);
    setCredentials(given);
    setStep("code");
  };

  return (
    <main class="welcome" id="main">
      <p class="brand">Lifestyle Spaces</p>
      {step === "code" && credentials ? (
        <Code credentials={credentials} onConfirmed={() => signIn(credentials)} />
      ) : (
        <Enter key={step} step={step} onEnter={step === "up" ? signUp : signIn} onSwitch={setStep} />
      )}
    </main>
  );
}

interface EnterProps {
  step: Step;
  onEnter: (credentials: Credentials) => Promise<void>;
  onSwitch: (step: Step) => void;
}

function Enter({ step, onEnter, onSwitch }: EnterProps) {
  const up = step === "up";
  return (
    <section class="card">
      <h1>{up ? "Create your account" : "Welcome back"}</h1>
      <p class="lead">Keep good habits together with the people around you.</p>
      <Form
        submit={up ? "Create account" : "Sign in"}
        action={({ email, password }) => onEnter({ email: email!.trim().toLowerCase(), password: password! })}
        extra={
          <button type="button" class="link" onClick={() => onSwitch(up ? "in" : "up")}>
            {up ? "I have an account" : "Create an account"}
          </button>
        }
      >
        <Field label="E-mail" name="email" type="email" autocomplete="username" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete={up ? "new-password" : "current-password"}
          minLength={up ? 12 : undefined}
          hint={up ? "At least 12 characters: upper and lower case, a digit and a symbol" : undefined}
          required
        />
      </Form>
    </section>
  );
}

function Code({ credentials: { email }, onConfirmed }: { credentials: Credentials; onConfirmed: () => Promise<void> }) {
  const [code, setCode] = useState("");
  const [note, setNote] = useState("");
  const look = async () => {
    const found = await codeInLocalInbox(email).catch(() => null);
    setCode(found ?? code);
    setNote(found ? "Filled in from the local inbox." : "There is no mail yet.");
  };
  return (
    <section class="card">
      <h1>Check your mail</h1>
      <p class="lead">
        We sent a code with six digits to <strong>{email}</strong>.
      </p>
      <Form
        submit="Confirm"
        action={async ({ code: entered }) => {
          await session.confirm(email, entered!.trim());
          await onConfirmed();
        }}
        extra={
          <button type="button" class="link" onClick={() => session.resendCode(email).then(() => setNote("Sent again."))}>
            Send another code
          </button>
        }
      >
        <Field
          label="Code"
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          pattern="\s*\d{6}\s*"
          title="Six digits"
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
          required
        />
      </Form>
      <p class="aside">
        On your own machine no mail leaves the local stack.{" "}
        <button type="button" class="link" onClick={look}>
          Look into the local inbox
        </button>
      </p>
      <p role="status" class="aside">
        {note}
      </p>
    </section>
  );
}

/** After the first sign-in. */
export function MakeProfile({ onMade }: { onMade: () => void }) {
  const create = async ({ name, space }: Record<string, string>) => {
    const email = (await session.email())!;
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await dataOf(client.POST("/api/v1/users", { body: { email, name: name!, timezone } }));
    await dataOf(client.POST("/api/v1/spaces", { body: { name: space! } }));
    onMade();
  };
  return (
    <main class="welcome" id="main">
      <p class="brand">Lifestyle Spaces</p>
      <section class="card">
        <h1>Nice to meet you</h1>
        <p class="lead">Two things, and you can begin. Both can be changed later.</p>
        <Form submit="Begin" action={create}>
          <Field label="Your name" name="name" autocomplete="name" maxLength={100} required />
          <Field
            label="Name of your first space"
            name="space"
            value="Home"
            maxLength={100}
            hint="Habits and journals live in a space, which you can share"
            required
          />
        </Form>
      </section>
    </main>
  );
}
