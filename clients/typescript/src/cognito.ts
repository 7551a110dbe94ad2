/** Sign-up, sign-in and tokens by Amazon Cognito, for `createClient`'s `token`. */

import type { CognitoUser, CognitoUserPool, CognitoUserSession } from "amazon-cognito-identity-js";

export interface SessionOptions {
  /** The stack's output `UserPoolId`. */
  userPoolId: string;
  /** The stack's output `UserPoolClientId`. */
  clientId: string;
  /** Where Cognito answers, if not at the address of the pool's region. */
  endpoint?: string;
  /** Where the tokens are kept; `localStorage` by default, so that a reload stays signed in. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear">;
}

/** Cognito refused. `code` is its exception, such as `CodeMismatchException`. */
export class SignInError extends Error {
  override readonly name = "SignInError";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** One person at a time, who signs up, signs in and out, and whose ID token is kept fresh. */
export class Session {
  readonly #options: SessionOptions;
  #loaded: Promise<CognitoUserPool> | null = null;
  #renewal: Promise<CognitoUserSession> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The e-mail of whoever is signed in, from the storage; null for nobody. */
  async email(): Promise<string | null> {
    const user = await this.#current();
    return user && (await this.#fresh(user, false)).getIdToken().payload["email"];
  }

  /** Make an account. Cognito mails a code for `confirm`. */
  async signUp(email: string, password: string): Promise<void> {
    const { CognitoUserAttribute } = await library();
    const pool = await this.#pool();
    const attributes = [new CognitoUserAttribute({ Name: "email", Value: email })];
    return settle((done) => pool.signUp(email, password, attributes, [], done));
  }

  /** Confirm an account with the code in the mail. */
  async confirm(email: string, code: string): Promise<void> {
    const user = await this.#user(email);
    return settle((done) => user.confirmRegistration(code, false, done));
  }

  /** Mail another code for `confirm`. */
  async resendCode(email: string): Promise<void> {
    const user = await this.#user(email);
    return settle((done) => user.resendConfirmationCode(done));
  }

  /** Prove the password by SRP, without sending it. `totp` is asked for the code where a second factor is on. */
  async signIn(email: string, password: string, totp?: () => Promise<string>): Promise<void> {
    const { AuthenticationDetails } = await library();
    const user = await this.#user(email);
    const details = new AuthenticationDetails({ Username: email, Password: password });
    return settle((done) => {
      const callbacks = { onSuccess: () => done(), onFailure: done };
      user.authenticateUser(details, {
        ...callbacks,
        totpRequired: () => {
          const code = totp?.() ?? Promise.reject(new SignInError("TotpRequired", "A second factor is required"));
          code.then((value) => user.sendMFACode(value, callbacks, "SOFTWARE_TOKEN_MFA"), done);
        },
      });
    });
  }

  /** Mail a code for `resetPassword`. The answer is the same for an address without an account. */
  async forgotPassword(email: string): Promise<void> {
    const user = await this.#user(email);
    return settle((done) => user.forgotPassword({ onSuccess: () => done(), onFailure: done }));
  }

  /** Set a new password with the code in the mail. */
  async resetPassword(email: string, code: string, password: string): Promise<void> {
    const user = await this.#user(email);
    return settle((done) => user.confirmPassword(code, password, { onSuccess: () => done(), onFailure: done }));
  }

  /** Revoke the refresh token and forget all tokens. */
  async signOut(): Promise<void> {
    const user = await this.#current();
    if (user) {
      await this.#fresh(user, false).catch(() => undefined);
      await new Promise<void>((resolve) => user.signOut(() => resolve()));
    }
  }

  /**
   * The ID token, renewed when it has expired or is `fresh`. An arrow function, to be passed to `createClient`.
   *
   * @throws SignInError `NotSignedIn`, or what Cognito said of the refresh token
   */
  readonly token = async ({ fresh }: { fresh: boolean } = { fresh: false }): Promise<string> => {
    const user = await this.#current();
    if (!user) {
      throw new SignInError("NotSignedIn", "Nobody is signed in");
    }
    return (await this.#fresh(user, fresh)).getIdToken().getJwtToken();
  };

  /** Requests that find the token expired at the same time share one renewal. */
  #fresh(user: CognitoUser, force: boolean): Promise<CognitoUserSession> {
    this.#renewal ??= this.#load(user, force).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #load(user: CognitoUser, force: boolean): Promise<CognitoUserSession> {
    const current = await settle<CognitoUserSession>((done) => user.getSession(done));
    return force ? settle((done) => user.refreshSession(current.getRefreshToken(), done)) : current;
  }

  #pool(): Promise<CognitoUserPool> {
    const { userPoolId, clientId, endpoint } = this.#options;
    this.#loaded ??= library().then(
      ({ CognitoUserPool: Pool }) =>
        new Pool({ UserPoolId: userPoolId, ClientId: clientId, ...(endpoint && { endpoint }), ...this.#storage() }),
    );
    return this.#loaded;
  }

  async #current(): Promise<CognitoUser | null> {
    return (await this.#pool()).getCurrentUser();
  }

  async #user(email: string): Promise<CognitoUser> {
    const { CognitoUser: User } = await library();
    return new User({ Username: email, Pool: await this.#pool(), ...this.#storage() });
  }

  #storage(): { Storage?: Storage } {
    return this.#options.storage ? { Storage: this.#options.storage as Storage } : {};
  }
}

/** Load the library when it is first needed, after `global`, which it takes for granted, is there in browsers too. */
function library(): Promise<typeof import("amazon-cognito-identity-js")> {
  (globalThis as { global?: unknown }).global ??= globalThis;
  return import("amazon-cognito-identity-js");
}

/** Turn a callback into a promise, and Cognito's errors into a `SignInError`. */
function settle<T = void>(start: (done: (error?: unknown, result?: unknown) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    start((error, result) => (error ? reject(asSignInError(error)) : resolve(result as T))),
  );
}

function asSignInError(error: unknown): SignInError {
  if (error instanceof SignInError) {
    return error;
  }
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  return new SignInError(code ?? name ?? "Unknown", message ?? String(error));
}
