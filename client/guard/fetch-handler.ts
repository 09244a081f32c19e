import { firstGuard, rememberAdmitted } from './admitted.ts';
import { discardBody, receiveFetch, toResponse, withBody } from './fetch.ts';
import { afterAbort } from './left-callers.ts';
import type { RouteRequirements } from './options.ts';
import type { Admitted, RequestVerifier } from './request-verifier.ts';
import { whenRead } from './response-read.ts';

/** A fetch handler, or a Next route handler, which gets its `params` as one more argument. */
export type FetchHandler<Req extends Request, Rest extends unknown[]> = (
  request: Req,
  admitted: Admitted,
  ...rest: Rest
) => Response | Promise<Response>;

export function fetchHandler<Req extends Request, Rest extends unknown[]>(
  verifier: RequestVerifier,
  requirements: RouteRequirements,
  handler: FetchHandler<Req, Rest>,
): (request: Req, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const verdict = await verifier.verify(
      firstGuard(request, () => receiveFetch(request)),
      requirements,
    );
    if ('refused' in verdict) {
      discardBody(request);
      return toResponse(verdict.refused);
    }
    const { admitted, release } = verdict;
    const stop = afterAbort(request, release);
    try {
      const verified = withBody(request, admitted.body);
      rememberAdmitted(verified, admitted);
      const response = await handler(verified, admitted, ...rest);
      return admitted.body.byteLength > 0 ? whenRead(response, verifier.minRate, release) : response;
    } catch (error) {
      release();
      throw error;
    } finally {
      stop();
    }
  };
}
