/** The service cannot listen on a port now. The message is one sentence; a later startup may succeed without any change. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
}
