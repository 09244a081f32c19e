import { afterAll } from 'vitest';
import { type Visited, visited } from './console.ts';
import { type HostileIssuer, startHostileIssuer } from './hostile-issuer.ts';
import { startTestService } from './service.ts';

/** The console of a service with an issuer of workload tokens, named `github`. */
export interface VisitedWithWorkloads extends Visited {
  readonly issuer: HostileIssuer;
}

export function visitedWithWorkloads(): VisitedWithWorkloads {
  let issuer: HostileIssuer;
  const at = visited(async () => {
    issuer = await startHostileIssuer();
    const issuers = [{ name: 'github', issuer: issuer.issuer, workload: true }];
    return startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify(issuers) } });
  });
  afterAll(() => issuer.stop());
  return Object.defineProperty(at, 'issuer', { get: () => issuer }) as VisitedWithWorkloads;
}
