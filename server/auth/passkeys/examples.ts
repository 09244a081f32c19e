import { EXAMPLE_AT, EXAMPLE_USER } from '../../lib/example-values.ts';
import { creationOptions, requestOptions } from './options.ts';

export const EXAMPLE_CHALLENGE = '1.an-opaque-text-for-this-passkey';

export const EXAMPLE_PASSKEY = {
  id: 'psk_4fT9bQ2xZ7Lk',
  name: 'Laptop',
  backedUp: true,
  createdAt: EXAMPLE_AT,
  lastUsedAt: null,
  disabledAt: null,
};

const CREDENTIAL = { id: 'kx1vJ2pQ8sT0yR4w', rawId: 'kx1vJ2pQ8sT0yR4w', type: 'public-key' };
const SIGNED = { challenge: 'n0vTq8Yx3ZbK5mR2sW7dLcF4gHjP1aQeU6iOyXtVkBs', rpId: 'api.example.com' };

export const EXAMPLE_REQUEST = requestOptions(SIGNED.challenge, SIGNED.rpId);
export const EXAMPLE_CREATION = creationOptions({
  challenge: SIGNED.challenge,
  rp: { id: SIGNED.rpId, name: 'Keyseal' },
  user: EXAMPLE_USER,
  existing: [],
});

export const EXAMPLE_ASSERTION = {
  ...CREDENTIAL,
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    authenticatorData: 'an-opaque-text-of-the-authenticator',
    signature: 'an-opaque-signature',
    userHandle: 'dXNyXzhZazJMbVF4MHYzQg',
  },
};
export const EXAMPLE_REGISTRATION = {
  ...CREDENTIAL,
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0',
    attestationObject: 'an-opaque-text-of-the-authenticator',
    transports: ['internal'],
  },
};
