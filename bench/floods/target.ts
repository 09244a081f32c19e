import type { Tally } from './outcomes.ts';
import type { World } from './world.ts';

/** What a flood is sent to, and how much of it. */
export interface Target {
  readonly port: number;
  /** What the service is called: `localhost:<port>`. It trusts 127.0.0.1 as a proxy. */
  readonly authority: string;
  readonly world: World;
  /** No more requests, or connections, than these. */
  readonly most: number;
  /** Requests a second, instead of those of the flood. */
  readonly perSecond?: number;
  /** From how many networks it comes, instead of as many as the flood has. */
  readonly networks?: number;
}

/** Sends until it is stopped or everything is sent. Counts what became of it. */
export type Send = (target: Target, tally: Tally, stop: AbortSignal) => Promise<void>;

export interface Flood {
  /** What it sends, for the table. */
  readonly title: string;
  readonly send: Send;
  /** A flood that is not sent to Keyseal itself, but to a service behind its guard while Keyseal hangs. */
  readonly at?: 'guard';
  /** Connections that are held open, for a flood that opens no others once it has these. */
  readonly sockets?: number;
  /** Requests that are enough to see what becomes of it, for one whose requests are long work. */
  readonly enough?: number;
  /** Records in the attacker's audit log. */
  readonly records?: number;
}
