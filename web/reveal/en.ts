import type { SnippetLanguage } from '../snippets/snippets.ts';

export const en = {
  title: 'Your key is ready',
  rotatedTitle: 'Your new secrets are ready',
  once: 'The key and its signing secret are shown only once. Store them where your program reads them, never in its source code or in a message.',
  onceAlone:
    'The key is shown only once. Store it where your program reads it, never in its source code or in a message.',
  privateKey:
    'Your program signs its calls with your private key: [Sign with a standard library](standard-signatures.md#keys-without-a-shared-secret).',
  leave: 'The secrets of this key cannot be shown again. Leave this page?',
  apiKey: 'API key',
  signingSecret: 'Signing secret',
  download: 'Download as .env',
  firstCall: 'Make a first call',
  snippet: (language: string) => `The call in ${language}`,
  run: {
    curl: 'Paste it into a terminal that has curl and openssl.',
    typescript:
      'Save it as `call.mts` and run `npx tsx call.mts`; from Node 22.18 on, `node call.mts` is enough. It needs no package.',
    python: 'Save it as `call.py` and run `python3 call.py`. It needs no package.',
    go: 'Save it as `call.go` and run `go run call.go`. It needs no module.',
  } satisfies Record<SnippetLanguage, string>,
  waiting: 'Waiting for your first call…',
  reconnecting: 'The connection is lost. This page waits for calls again as soon as it is back.',
  arrived: 'Your first call has arrived.',
  refused: 'A call was refused. Waiting for the next one…',
  from: (address: string) => `from ${address}`,
  close: 'Close',
  done: 'Done',
  doneMore:
    'After you close this, the key and its secret are not shown again. If you lose them, rotate the key to get new ones.',
};
