// amazon-cognito-identity-js takes Node's `global` for granted. Imported before it.
(globalThis as { global?: unknown }).global ??= globalThis;

export {};
