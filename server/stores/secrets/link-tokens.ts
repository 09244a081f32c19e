import { randomBytes } from 'node:crypto';
import type { Vault } from './vault.ts';

/** What a link is good for, and what its token begins with. */
const PREFIX = { invitation: 'ksi', reset: 'ksx' } as const;
type LinkKind = keyof typeof PREFIX;

/** A token that is shown once, and what is kept of it. */
interface NewLink {
  readonly token: string;
  readonly tokenHash: string;
  readonly tokenVersion: number;
}

/** 32 random bytes, kept as an HMAC under the pepper: a stolen database lets nobody in. */
export function newLink(vault: Vault, kind: LinkKind): NewLink {
  const token = `${PREFIX[kind]}_${randomBytes(32).toString('base64url')}`;
  return { token, tokenHash: vault.mac('pepper', textOf(kind, token)), tokenVersion: vault.newest };
}

/** What would be kept of a token, under every master key version at hand. */
export function hashesOf(vault: Vault, kind: LinkKind, token: string): string[] {
  return vault.versions.map((version) => vault.mac('pepper', textOf(kind, token), version));
}

/** No hash of one kind is ever one of another, or of a key. */
const textOf = (kind: LinkKind, token: string) => `${kind} ${token}`;
