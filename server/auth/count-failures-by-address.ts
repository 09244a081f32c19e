import { addressGroup } from '../../shared/fairness/fairness-path.ts';
import { afterFailedAttempt } from '../gate/request/throttle.ts';
import type { Context } from '../rpc/trpc.ts';

/** Also counts wrong passwords by the IP address that they come from. */
export async function countFailuresByAddress<T>(
  { request, service }: Context,
  attempt: Promise<T>,
): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    const name = `address ${addressGroup(request.address)}`;
    throw afterFailedAttempt(error, name, service.config.failures.address, service.stores);
  }
}
