import type { Component } from './components.ts';
import { componentValue, type SignedMessage } from './message.ts';
import { NO_VALUE, redactLine } from './redact-base.ts';

/** A signature base consists of visible ASCII and spaces; a tab may be part of a field (RFC 9421 §2.5). */
const OUTSIDE_BASE = /[^\t\x20-\x7e]/;

/**
 * The string that is signed (RFC 9421 §2.5): a line for each covered component, and one for the parameters.
 * @param parameters the covered components and the parameters, as `signature-input` has them after the label
 * @returns null if the message has no unambiguous value of a component
 */
export function httpSignatureBase(
  message: SignedMessage,
  components: readonly Component[],
  parameters: string,
): string | null {
  let lines = '';
  for (const component of components) {
    const value = signedValue(message, component);
    if (value === null) return null;
    lines += `${component.id}: ${value}\n`;
  }
  return `${lines}"@signature-params": ${parameters}`;
}

/**
 * The base for someone who looks for a mistake: it has a remark for each component without a value, and hides secrets. Nothing
 * is signed by it.
 */
export function explainBase(
  message: SignedMessage,
  components: readonly Component[],
  parameters: string,
): string {
  const lines = components.map((component) => {
    const value = signedValue(message, component);
    return value === null ? `${component.id}: ${NO_VALUE}` : redactLine(`${component.id}: ${value}`);
  });
  return [...lines, `"@signature-params": ${parameters}`].join('\n');
}

function signedValue(message: SignedMessage, component: Component): string | null {
  const value = componentValue(message, component);
  return value === null || OUTSIDE_BASE.test(value) ? null : value;
}
