import type { Tally } from './outcomes.ts';
import type { Participants } from './participants.ts';

/** The target of a flood, and its size. */
export interface Target {
  readonly port: number;
  /** The service's authority: `localhost:<port>`. It trusts 127.0.0.1 as a proxy. */
  readonly authority: string;
  readonly participants: Participants;
  /** The maximum number of requests, or of connections. */
  readonly max: number;
  /** Requests per second, overriding the flood's own. */
  readonly perSecond?: number;
  /** Networks that it comes from, overriding the flood's own number. */
  readonly networks?: number;
}

/** Sends until it is stopped or everything is sent. Counts the outcomes. */
export type Send = (target: Target, tally: Tally, stop: AbortSignal) => Promise<void>;

export interface Flood {
  /** Its name in the table. */
  readonly title: string;
  readonly send: Send;
  /** For a flood that goes not to Keyseal itself, but to a service behind its guard while Keyseal hangs. */
  readonly at?: 'guard';
  /** Connections to hold open, for a flood that then opens no others. */
  readonly sockets?: number;
  /** A sufficient number of requests, for a flood whose requests take long. */
  readonly enough?: number;
  /** Records in the attacker's audit log. */
  readonly records?: number;
}
