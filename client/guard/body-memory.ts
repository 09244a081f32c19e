import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';

/** Milliseconds for which a body may arrive without being displaced. */
const PROTECTED_MS = 1_000;

/** A body that holds memory and is still arriving. */
export interface ArrivingBody {
  readonly payer: FairnessPath;
  /** When its head was read, by `performance.now()`. */
  readonly startedAt: number;
  /** Bytes that it holds. */
  readonly reserved: number;
  /** Returns its memory, and refuses the rest of it. */
  displace(): void;
}

/** Arriving bodies of one payer, oldest first, and the bytes that they hold. */
interface Arriving {
  bytes: number;
  readonly bodies: Set<ArrivingBody>;
}

/**
 * The memory for bodies, divided by `FairBudget`. A sender of slow, unverified bodies would hold a share for
 * as long as it likes, and shut out those who share an IP address or a network with it, or have none. So a body that does
 * not fit displaces the oldest arriving body of the sender that holds most within its widest group: no sender loses to a
 * sender that holds more. A body that has arrived whole is not displaced. To keep a share full costs its size in traffic, every second.
 */
export class BodyMemory {
  readonly #budget: FairBudget;
  /** By widest group, then by payer. */
  readonly #arriving = new Map<string, Map<string, Arriving>>();

  /** @param total bytes */
  constructor(total: number) {
    this.#budget = new FairBudget(total);
  }

  /** Reserves bytes for an arriving body. @returns false if they do not fit, and there is no body to displace */
  take(body: ArrivingBody, bytes: number): boolean {
    while (!this.#budget.take(body.payer, bytes)) {
      const other = this.#findDisplaceable(body);
      if (other === null) return false;
      other.displace();
    }
    const [group, name] = namesOf(body);
    const payers = this.#arriving.get(group) ?? new Map<string, Arriving>();
    const arriving = payers.get(name) ?? { bytes: 0, bodies: new Set() };
    arriving.bytes += bytes;
    arriving.bodies.add(body);
    this.#arriving.set(group, payers.set(name, arriving));
    return true;
  }

  release(payer: FairnessPath, bytes: number): void {
    this.#budget.release(payer, bytes);
  }

  /** Notes that a body is complete or refused. Call it before the body returns its bytes. */
  end(body: ArrivingBody): void {
    const [group, name] = namesOf(body);
    const payers = this.#arriving.get(group);
    const arriving = payers?.get(name);
    if (!payers || !arriving?.bodies.delete(body)) return;
    arriving.bytes -= body.reserved;
    if (arriving.bodies.size === 0) payers.delete(name);
    if (payers.size === 0) this.#arriving.delete(group);
  }

  #findDisplaceable(body: ArrivingBody): ArrivingBody | null {
    const [group, name] = namesOf(body);
    const payers = this.#arriving.get(group);
    let found: ArrivingBody | null = null;
    let largest = (payers?.get(name)?.bytes ?? 0) - 1;
    for (const { bytes, bodies } of payers?.values() ?? []) {
      const [oldest] = bodies;
      if (bytes <= largest || !oldest || oldest === body) continue;
      if (oldest.startedAt + PROTECTED_MS > performance.now()) continue;
      found = oldest;
      largest = bytes;
    }
    return found;
  }
}

/** The names of a body's widest group and of its payer. */
const namesOf = ({ payer }: ArrivingBody): readonly [string, string] => [`${payer[0]}`, payer.join(' ')];
