import { createGuard } from '../../../client/guard/index.ts';
import { AUTHORITY } from './routes.ts';

/** A guard that calls this run's Keyseal. */
export const guard = createGuard({
  url: `http://localhost:${process.env['BENCH_KEYSEAL_PORT']}`,
  apiKey: String(process.env['BENCH_API_KEY']),
  signingSecret: String(process.env['BENCH_SIGNING_SECRET']),
  authority: AUTHORITY,
  // If Keyseal is made to hang, every call would report it.
  onError: process.env['BENCH_KEYSEAL_HANGS'] ? () => {} : (error) => console.error(error),
});
export const REQUIREMENTS = { permission: 'echo:write' };
