import { Variables } from './env-schema.ts';
import { suggest } from './suggest.ts';

/** Variables of the command line's own calls, which a shell may carry in addition to those of the service. */
const CLI_CALL_VARIABLES = [
  ...['KEYSEAL_URL', 'KEYSEAL_API_KEY', 'KEYSEAL_SIGNING_SECRET', 'KEYSEAL_USER_TOKEN'],
  'KEYSEAL_PRIVATE_KEY_FILE',
];
/** Kubernetes sets these in every container for a Service whose name begins with `keyseal`. */
const SERVICE_LINK = /^KEYSEAL_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;
const LINK_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** Whether Kubernetes has set a variable, for a Service whose name begins with `keyseal`, such as `keyseal-metrics`. */
export const isServiceLink = (name: string, value: string): boolean =>
  SERVICE_LINK.test(name) || (/^KEYSEAL_(\w+_)?PORT$/.test(name) && LINK_ADDRESS.test(value));

/**
 * Finds a variable that begins with `KEYSEAL_` and is not one of the service's. Ignored, a misspelt one would leave a
 * protection off: `KEYSEAL_SIGNUP=first` would let everybody sign up.
 * @returns a sentence that names it and the likely right name, or null
 */
export function unknownVariable(env: Readonly<Record<string, string>>): string | null {
  const unknown = Object.entries(env).find(
    ([name, value]) =>
      name.startsWith('KEYSEAL_') &&
      !Object.hasOwn(Variables.shape, name) &&
      !CLI_CALL_VARIABLES.includes(name) &&
      !isServiceLink(name, value),
  );
  if (unknown === undefined) return null;
  const [name] = unknown;
  const likely = suggest(name, Object.keys(Variables.shape));
  return `There is no variable ${name}. ${likely === null ? 'Unset it.' : `Did you mean ${likely}?`}`;
}
