import { randomUUID } from 'node:crypto';
import type { HostileIssuer } from './hostile-issuer.ts';
import type { TestService } from './service.ts';
import { type Answer, send } from './wire.ts';

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** A logout token of an issuer for the client `keyseal`; right unless `change` says otherwise. */
export function logoutToken(issuer: HostileIssuer, change: object = {}, header: object = {}): string {
  const claims = { jti: randomUUID(), events: { [LOGOUT_EVENT]: {} }, ...change };
  return issuer.token(claims, { typ: 'logout+jwt', ...header });
}

/** Sends a form as an identity provider does. */
export function sendLogout(
  service: TestService,
  body: string,
  { type = 'application/x-www-form-urlencoded', path = '/backchannel-logout', method = 'POST' } = {},
): Promise<Answer> {
  const headers: [string, string][] = [
    ['host', service.authority],
    ['content-type', type],
  ];
  return send(service.port, { method, target: path, headers, body: Buffer.from(body) });
}

/** Sends a logout token. */
export const logOut = (service: TestService, token: string): Promise<Answer> =>
  sendLogout(service, `${new URLSearchParams({ logout_token: token })}`);
