import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { type KeyFields, linesOf } from './key-fields.ts';
import type { FieldErrors } from './texts.ts';
import type { WrongFields } from './wrong-fields.ts';

type Explain = (errors: FieldErrors, fields: KeyFields, path: RegExpExecArray) => string;

/** For each path of the input that the service names: the form field, and the message next to it. */
const FIELD_OF_ISSUE: readonly [path: RegExp, field: string, explain: Explain][] = [
  [/^name$/, 'name', ({ name }) => name],
  [/^permissions(\.\d+)?$/, 'permissions', ({ permissions }) => permissions],
  [/^expiresAt$/, 'expiry.day', ({ day }) => day],
  [/^limits$/, 'limits', ({ limits }) => limits],
  [/^limits\.(\d+)\.name$/, 'limits.$1.name', ({ limitName }) => limitName],
  [/^limits\.(\d+)\.limit$/, 'limits.$1.limit', ({ limitCalls }) => limitCalls],
  [/^limits\.(\d+)\.windowSeconds$/, 'limits.$1.every', ({ limitEvery }) => limitEvery],
  [/^credits\.remaining$/, 'credits.remaining', ({ remaining }) => remaining],
  [/^credits\.refill\.amount$/, 'credits.amount', ({ amount }) => amount],
  [/^allowedAddresses$/, 'addresses', ({ addresses }) => addresses],
  [
    /^allowedAddresses\.(\d+)$/,
    'addresses',
    ({ address }, fields, [, index]) => address(linesOf(fields.addresses)[Number(index)] ?? ''),
  ],
  [/^externalId$/, 'externalId', ({ externalId }) => externalId],
  [/^authorities$/, 'authorities', ({ authorities }) => authorities],
  [
    /^authorities\.(\d+)$/,
    'authorities',
    ({ authority }, fields, [, index]) => authority(linesOf(fields.authorities)[Number(index)] ?? ''),
  ],
  [/^metadata(\..*)?$/, 'metadata', ({ metadata }) => metadata],
  [/^publicKey(\..*)?$/, 'publicKey', ({ publicKey }) => publicKey],
  [/^proof$/, 'publicKey', ({ proof }) => proof],
];

/** The fields that a refusal names; null if it names none, or something that is not a field. */
export function refusedFields(error: unknown, fields: KeyFields, errors: FieldErrors): WrongFields | null {
  if (!(error instanceof KeysealRefusal) || error.reason !== 'INPUT_INVALID') return null;
  const issues = error.details.issues ?? [];
  const placed = issues.map(({ path }) => fieldOfIssue(path, fields, errors));
  if (placed.length === 0 || placed.includes(null)) return null;
  return Object.fromEntries(placed as [string, string][]);
}

function fieldOfIssue(path: string, fields: KeyFields, errors: FieldErrors): [string, string] | null {
  for (const [form, field, explain] of FIELD_OF_ISSUE) {
    const match = form.exec(path);
    // A key pair that the page makes has no field.
    if (match && field === 'publicKey' && fields.signer !== 'ownPair') return null;
    if (match) return [path.replace(form, field), explain(errors, fields, match)];
  }
  return null;
}
