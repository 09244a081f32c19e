import type { Language } from '../../shared/languages.ts';
import type { Schema } from '../rpc/api-document.ts';
import { WORDS } from './api-page-texts.ts';
import { escapeHtml } from './escape-html.ts';
import { schemaText } from './schema-text.ts';

/** The context of a schema that is rendered. */
export interface View {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly language: Language;
}

const REFERENCE = '#/components/schemas/';

/** The bounds of a type of value, and the name of the unit that they count. */
const BOUNDS = [
  { min: 'minLength', max: 'maxLength', unit: 'characters' },
  { min: 'minItems', max: 'maxItems', unit: 'items' },
  { min: 'minimum', max: 'maximum', unit: 'value' },
  { min: 'exclusiveMinimum', max: 'exclusiveMaximum', unit: 'between' },
] as const;

/** Renders a schema as HTML: its type and bounds, its purpose, and its properties. Nothing in it is trusted. */
export function schemaView(schema: Schema, view: View, ancestors: readonly string[] = []): string {
  const { $ref } = schema as { $ref?: string };
  if ($ref?.startsWith(REFERENCE)) {
    const name = $ref.slice(REFERENCE.length);
    const target = view.schemas[name];
    if (!target || ancestors.includes(name)) return `<code>${escapeHtml(name)}</code>`;
    return schemaView(target, view, [...ancestors, name]);
  }
  const { description } = schema;
  const purpose = typeof description === 'string' ? ` ${schemaText(description, view.language)}` : '';
  return `${kindOf(schema, view)}${purpose}${insideOf(schema, view, ancestors)}`;
}

function kindOf(schema: Schema, { language }: View): string {
  const { type, enum: values, const: value, pattern } = schema as Record<string, unknown>;
  const bounds = BOUNDS.flatMap(({ min, max, unit }) => {
    const range = rangeOf(schema[min], schema[max]);
    return range === '' ? [] : [`${range} ${WORDS[language][unit]}`.trim()];
  });
  const format = typeof schema['format'] === 'string' ? [schema['format']] : [];
  const options = Array.isArray(values) ? values : value === undefined ? [] : [value];
  const kind = options.length > 0 ? options.map((option) => JSON.stringify(option)).join(' | ') : type;
  if (kind === undefined && 'anyOf' in schema) return WORDS[language].oneOf;
  if (kind === undefined && 'allOf' in schema) return WORDS[language].allOf;
  const words = [String(kind ?? WORDS[language].any), ...bounds, ...format].map(escapeHtml).join(', ');
  const shown = typeof pattern === 'string' && format.length === 0;
  return `<code>${words}</code>${shown ? ` <code>/${escapeHtml(pattern)}/</code>` : ''}`;
}

/** `1–100`, `≥ 1` or `≤ 100`. */
function rangeOf(min: unknown, max: unknown): string {
  const from = isBound(min) ? String(min) : null;
  const to = isBound(max) ? String(max) : null;
  if (from !== null && to !== null) return from === to ? from : `${from}–${to}`;
  return from !== null ? `≥ ${from}` : to !== null ? `≤ ${to}` : '';
}

/** The greatest safe integer bounds every number in JSON, so it is not shown. */
const isBound = (bound: unknown): bound is number =>
  typeof bound === 'number' && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;

function insideOf(schema: Schema, view: View, ancestors: readonly string[]): string {
  const { properties = {}, required = [], items, additionalProperties } = schema as Inside;
  const words = WORDS[view.language];
  const fields = Object.entries(properties).map(([name, inner]) => {
    const optional = required.includes(name) ? '' : ` <i>${words.optional}</i>`;
    return `<li><b><code>${escapeHtml(name)}</code></b>${optional}${words.colon} ${schemaView(inner, view, ancestors)}</li>`;
  });
  const options = [
    ...optionsOf(schema['anyOf']),
    ...optionsOf(schema['oneOf']),
    ...optionsOf(schema['allOf']),
  ];
  const inner = [
    ...fields,
    ...options.map((option) => `<li>${schemaView(option, view, ancestors)}</li>`),
    ...optionsOf(schema['prefixItems']).map((child) => `<li>${schemaView(child, view, ancestors)}</li>`),
    ...[items, additionalProperties]
      .filter((child) => typeof child === 'object' && child !== null)
      .map((child) => `<li>${words.each}${words.colon} ${schemaView(child as Schema, view, ancestors)}</li>`),
  ];
  return inner.length === 0 ? '' : `<ul>${inner.join('')}</ul>`;
}

interface Inside {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
}

const optionsOf = (list: unknown): readonly Schema[] => (Array.isArray(list) ? list : []);
