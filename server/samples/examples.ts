import { EXAMPLE_KEY, EXAMPLE_WORKSPACE_ID } from '../lib/example-values.ts';

const { id, name, environment, permissions, limits, externalId } = EXAMPLE_KEY;

export const EXAMPLE_CALLER = { keyId: id, userId: null };

export const EXAMPLE_WHOAMI = {
  kind: 'key',
  key: { id, name, environment, externalId, limits, credits: { remaining: 10_000 } },
  user: null,
  externalUser: null,
  session: null,
  workspace: { id: EXAMPLE_WORKSPACE_ID, name: 'Ada', role: null },
  permissions,
  environment,
};

/** SHA-256 of the three bytes `abc`. */
export const EXAMPLE_UPLOADED = {
  name: null,
  size: 3,
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
};
