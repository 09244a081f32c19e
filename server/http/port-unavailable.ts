/** A port on which the service cannot listen now, in a sentence. Another start may succeed with nothing changed. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
}
