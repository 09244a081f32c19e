import type { SnippetLanguage } from '../snippets/snippets.ts';

export const en = {
  title: 'Your key is ready',
  once: 'The key and its signing secret are shown now, and never again. Keep them where your program reads them: not in its source, and not in a message.',
  apiKey: 'API key',
  signingSecret: 'Signing secret',
  download: 'Download as .env',
  firstCall: 'Make a first call',
  snippet: (language: string) => `The call in ${language}`,
  run: {
    curl: 'Paste it into a terminal that has curl and openssl.',
    typescript:
      'Save it as `call.mts` and run `npx tsx call.mts`; from Node 22.18 on, `node call.mts` will do. It needs no package.',
    python: 'Save it as `call.py` and run `python3 call.py`. It needs no package.',
  } satisfies Record<SnippetLanguage, string>,
  waiting: 'Waiting for your first call…',
  reconnecting: 'The connection is gone for the moment. Calls are looked for again as soon as it is back.',
  arrived: 'Your first call has arrived.',
  refused: 'A call was refused. The next one is waited for.',
  from: (address: string) => `from ${address}`,
  close: 'Close',
  done: 'Done',
  doneMore:
    'After closing, the key and its secret are not shown again. Where they are lost, rotating the key makes new ones.',
};
