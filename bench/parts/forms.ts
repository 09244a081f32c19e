import { connect } from 'node:net';
import { type Speeds, takeTurns } from '../load/contender.ts';
import { answerOf, BODY, TARGET, TEXT } from '../load/request.ts';
import { type Holder, inTurn, newHolders, requestSigner } from '../load/signed-call.ts';
import { standardRequestSigner } from '../load/standard-call.ts';
import type { Plan } from '../plan.ts';
import { pin } from '../processes/cores.ts';
import { startServer } from '../processes/server-process.ts';
import type { Part } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

const ASKS = { 'accept-signature': 'res=();tag="keyseal-response"' };

/** How a request is signed, and whether its response is: the requests of one caller. */
const FORMS = {
  v1: { name: 'x-signature', make: requestSigner },
  standard: { name: 'RFC 9421 by HMAC', make: standardRequestSigner },
  answered: {
    name: 'x-signature, and a response with a MAC',
    make: (holder: Holder, authority: string, target: string) =>
      requestSigner(holder, authority, target, ASKS),
  },
} as const;
type FormName = keyof typeof FORMS;

/** `POST /api/echo` with all three proofs by one server, called with each signature format in turn. */
export async function compareForms({ echo }: Plan): Promise<Part> {
  const keyseal = await startServer('keyseal');
  const authority = `localhost:${keyseal.port}`;
  const holders = await newHolders(keyseal.port, echo.keys);
  const right = new Set(
    holders.map(({ id, userId }) => answerOf({ text: TEXT, caller: { keyId: id, userId } })),
  );
  const contenderOf = (form: FormName) => ({
    ...keyseal,
    name: FORMS[form].name,
    make: inTurn(holders.map((holder) => FORMS[form].make(holder, authority, TARGET))),
    isRight: (body: string) => right.has(body),
  });
  const [v1, standard, answered] = [contenderOf('v1'), contenderOf('standard'), contenderOf('answered')];
  if (!/\r\nsignature: /i.test(await headOf(keyseal.port, answered.make())))
    throw new Error('the response was not signed');
  const unpin = pin([keyseal.pid]);
  const speeds = await takeTurns([v1, standard, answered], echo);
  unpin();
  await keyseal.stop();
  const of = (contender: typeof v1) => (speeds.get(contender) as Speeds).perCore;
  return {
    title: `\`POST ${TARGET}\` of ${BODY.length} bytes with all three proofs, ${count(echo.keys)} keys in turn, ${echo.rounds} rounds`,
    rows: [
      ...[...speeds].map(([{ name }, { perCore }]) => rowOf(name, 'calls/s per core', perCore)),
      ratioOf('RFC 9421 against x-signature', of(standard), of(v1), 'RFC 9421 by v1'),
      ratioOf('CPU of a call with a MAC over its response', of(v1), of(answered), 'MAC over a response'),
    ],
  };
}

/** The head of the response to one request. */
async function headOf(port: number, request: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
  socket.write(request, 'latin1');
  let text = '';
  for await (const piece of socket) {
    text += piece;
    if (text.includes('\r\n\r\n')) break;
  }
  return text.slice(0, text.indexOf('\r\n\r\n'));
}
