import type { Component } from './components.ts';
import { componentValue, type SignedMessage } from './message.ts';

/** A signature base consists of visible ASCII and spaces; a tab may be part of a field (RFC 9421 §2.5). */
const OUTSIDE_BASE = /[^\t\x20-\x7e]/;

/**
 * The text that is signed (RFC 9421 §2.5): a line for each covered component, and one for the parameters.
 * @param parameters the covered components and the parameters, as `signature-input` has them after the label
 * @returns null if the message has no unambiguous value of a component
 */
export function httpSignatureBase(
  message: SignedMessage,
  components: readonly Component[],
  parameters: string,
): string | null {
  const lines: string[] = [];
  for (const component of components) {
    const value = componentValue(message, component);
    if (value === null || OUTSIDE_BASE.test(value)) return null;
    lines.push(`${component.id}: ${value}`);
  }
  lines.push(`"@signature-params": ${parameters}`);
  return lines.join('\n');
}
