/** A second guard: the first one used the signature, which works once. */
export class AlreadyAdmitted extends Error {
  override readonly name = 'AlreadyAdmitted';

  constructor() {
    super(
      'Another guard admitted this request before. A signature works once: put one guard on a route, with all that the route requires.',
    );
  }
}
