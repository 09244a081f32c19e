import { firstGuard, rememberAdmitted } from './admitted.ts';
import {
  afterClose,
  type NodeRequest,
  type NodeResponse,
  receiveNode,
  whenClosed,
  whenHandlerEnded,
  writeNode,
} from './node.ts';
import type { RouteRequirements } from './options.ts';
import { replayBody } from './replay-body.ts';
import type { Admitted, RequestVerifier } from './request-verifier.ts';

/** A handler of `node:http` or `node:http2`. */
export type NodeHandler<Req, Res> = (request: Req, response: Res, admitted: Admitted) => unknown;

export function nodeHandler<Req extends NodeRequest, Res extends NodeResponse>(
  verifier: RequestVerifier,
  requirements: RouteRequirements,
  handler: NodeHandler<Req, Res>,
): (request: Req, response: Res) => Promise<void> {
  return async (request, response) => {
    const verdict = await verifier.verify(
      firstGuard(request, () => receiveNode(request)),
      requirements,
    );
    if ('refused' in verdict) return writeNode(request, response, verdict.refused);
    const stop = afterClose(response, verdict.release);
    try {
      replayBody(request, verdict.admitted.body);
      rememberAdmitted(request, verdict.admitted);
      const handled = handler(request, response, verdict.admitted);
      // Without a promise, only the end of the response shows that the handler has finished.
      if (!isThenable(handled)) return whenHandlerEnded(response, verdict.release);
      await handled;
    } catch (error) {
      verifier.report(error);
      writeNode(request, response, verifier.refuse('INTERNAL'));
    } finally {
      stop();
    }
    whenClosed(response, verdict.release);
  };
}

const isThenable = (value: unknown): boolean =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
