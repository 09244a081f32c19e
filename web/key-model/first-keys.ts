import { readFilledPage } from '../api/filled-page.ts';
import { client } from '../api/service.ts';

type KeysQueryInput = NonNullable<Parameters<typeof client.keys.list.query>[0]>;

/** The first keys that match, for a choice among a few: reads on over pages on which none does. */
export const readFirstKeys = (input: KeysQueryInput, signal: AbortSignal) =>
  readFilledPage(null, (position) => client.keys.list.query({ ...input, ...position }, { signal }));
