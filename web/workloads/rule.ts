import type { client } from '../api/service.ts';

/** An exchange rule as the service lists it. */
export type Rule = Awaited<ReturnType<typeof client.exchangeRules.list.query>>['items'][number];
