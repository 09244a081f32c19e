import { SERVICE_URL } from './browser-session.ts';

/** The time of the service in unix seconds: by the clock of this device only if no response says it. */
export async function serverTime(): Promise<number> {
  const response = await fetch(`${SERVICE_URL}/api/health`, { cache: 'no-store' }).catch(() => null);
  const at = Date.parse(response?.headers.get('date') ?? '');
  return Math.floor((Number.isNaN(at) ? Date.now() : at) / 1000);
}
