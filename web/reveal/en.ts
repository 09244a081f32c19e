import type { SnippetLanguage } from '../snippets/snippets.ts';

export const en = {
  title: 'Your key is ready',
  rotatedTitle: {
    secret: 'Your new secrets are ready',
    madePair: 'Your new key pair is ready',
    ownPair: 'Your new API key is ready',
  },
  once: {
    secret:
      'The key and its signing secret are shown only once. Store them where your program reads them, never in its source code or in a message.',
    madePair:
      'The key and its private key are shown only once, and the private key exists only in this page. Store them where your program reads them, never in its source code or in a message.',
    ownPair:
      'The key is shown only once. Store it where your program reads it, never in its source code or in a message.',
  },
  pair: 'Your program signs its calls with the private key: [Sign with a standard library](standard-signatures.md#keys-without-a-shared-secret). These programs read it from the PEM file that `KEYSEAL_PRIVATE_KEY_FILE` names, and the API key from `KEYSEAL_API_KEY`. First load the file `keyseal.env` in the folder that has both files: `set -a; . ./keyseal.env; set +a`.',
  leave: {
    secret: 'The secrets of this key cannot be shown again. Close anyway?',
    madePair: 'This key and its private key cannot be shown again. Close anyway?',
    ownPair: 'This key cannot be shown again. Close anyway?',
  },
  show: 'Show the secrets',
  hide: 'Hide the secrets',
  hidden: 'hidden',
  apiKey: 'API key',
  signingSecret: 'Signing secret',
  privateKey: 'Private key',
  downloadPrivateKey: 'Download the private key',
  download: 'Download as .env',
  copyEnv: 'Copy all as .env',
  copied: 'Copied',
  liveCalls: 'Live calls of this key (new tab)',
  firstCall: {
    title: 'Make a first call',
    waiting: 'Waiting for your first call…',
    arrived: 'Your first call has arrived.',
  },
  firstNewCall: {
    title: 'Make a call with the new secrets',
    waiting: 'Waiting for a call with the new secrets…',
    arrived: 'A call with the new secrets has arrived.',
  },
  byPrevious: 'A call arrived with the previous secrets, which still work.',
  snippet: (language: string) => `The call in ${language}`,
  run: {
    curl: 'Paste it into a terminal that has curl and openssl.',
    typescript:
      'Save it as `call.mts` and run `npx tsx call.mts`; with Node 22.18 or later, `node call.mts` is enough. It needs no package.',
    python: 'Save it as `call.py` and run `python3 call.py`. It needs no package.',
    go: 'Save it as `call.go` and run `go run call.go`. It needs no module.',
  } satisfies Record<SnippetLanguage, string>,
  runByPair: {
    curl: 'Paste it into a terminal that has curl and openssl 3; with P-256 or P-384 it needs xxd too.',
    python: 'Save it as `call.py` and run `python3 call.py`. It needs the package `cryptography`.',
  },
  reconnecting: 'The connection is lost. This page waits for calls again as soon as it is back.',
  refused: 'A call was refused. Waiting for the next one…',
  from: (address: string) => `from ${address}`,
  done: 'Done',
  doneMore: {
    secret:
      'After you close this, the key and its secret are not shown again. If you lose them, rotate the key to get new ones.',
    madePair:
      'After you close this, the key and its private key are not shown again. If you lose them, rotate the key to get new ones.',
    ownPair:
      'After you close this, the key is not shown again. If you lose it, rotate the key, with another key pair.',
  },
};
