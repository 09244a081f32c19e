import { Box, Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { BASE_LINES, isStandardBase, MOST_LINES } from '../../client/signing/compare-signature-bases.ts';
import { useTexts } from '../language/language.ts';
import styles from './base-lines.module.css';
import { debuggerTexts } from './texts.ts';

interface BaseLinesProps {
  readonly base: string;
  /** Another base to compare, and the names of both. */
  readonly other?: { readonly base: string; readonly named: readonly [one: string, other: string] };
  /** Remarks on lines, by number from 1. */
  readonly notes?: Readonly<Record<number, ReactNode>>;
}

/** The lines of a base in either format with their names; next to those of another base if there is one. */
export function BaseLines({ base, other, notes = {} }: BaseLinesProps) {
  const texts = useTexts(debuggerTexts);
  const [baseLines, otherLines] = [base.split('\n'), other?.base.split('\n')];
  const isStandard = isStandardBase(base || (other?.base ?? ''));
  const most = Math.max(baseLines.length, otherLines?.length ?? 0);
  const count = isStandard
    ? Math.min(most, MOST_LINES)
    : Math.max(BASE_LINES.length, Math.min(baseLines.length, 20));
  const aboutLine = (number: number, line: string) =>
    isStandard ? standardLine(line, texts) : { name: texts.names[number - 1], what: texts.whats[number - 1] };
  const lines = Array.from({ length: count }, (_, at) => ({ number: at + 1, line: baseLines[at] ?? '' }));
  return (
    <Paper withBorder component="ol" className={styles['lines']} aria-label={texts.lines}>
      {lines.map(({ number, line }) => {
        const otherLine = otherLines ? (otherLines[number - 1] ?? '') : line;
        const about = aboutLine(number, line || otherLine);
        return (
          <BaseLine
            key={number}
            number={number}
            line={line}
            otherLine={otherLine}
            about={about}
            other={other}
            note={notes[number]}
          />
        );
      })}
    </Paper>
  );
}

interface BaseLineProps {
  readonly number: number;
  readonly line: string;
  readonly otherLine: string;
  readonly about: { readonly name: string | undefined; readonly what: string | undefined };
  readonly other: BaseLinesProps['other'];
  readonly note: ReactNode;
}

function BaseLine({ number, line, otherLine, about, other, note }: BaseLineProps) {
  const texts = useTexts(debuggerTexts);
  const differs = otherLine !== line;
  return (
    <li
      className={`${styles['line']} ${differs || note ? styles['differs'] : ''}`}
      data-differs={differs || undefined}
    >
      <Text size="sm" component="div" className={styles['about'] ?? ''}>
        <b>
          {number}. {about.name}
        </b>
        {differs && (
          <Text span size="sm" c="var(--mantine-color-error)" fw={600}>
            · {texts.differs}
          </Text>
        )}
        <Text span size="xs" c="dimmed">
          {about.what}
        </Text>
      </Text>
      {differs && other ? (
        <Box component="dl" className={`${styles['values']} ${styles['pair']}`}>
          <Value name={other.named[0]} text={line} compareTo={otherLine} />
          <Value name={other.named[1]} text={otherLine} compareTo={line} />
        </Box>
      ) : (
        <Text className={styles['value']}>{line === '' ? texts.empty : line}</Text>
      )}
      {note}
    </li>
  );
}

/** The component of a line of an RFC 9421 base, and its value. */
function standardLine(line: string, { components, field }: typeof debuggerTexts.en) {
  const [, name = ''] = /^"([^"]*)"/.exec(line) ?? [];
  const whats: Readonly<Record<string, string>> = components;
  return { name, what: Object.hasOwn(whats, name) ? whats[name] : field };
}

interface ValueProps {
  readonly name: string;
  readonly text: string;
  readonly compareTo: string;
}

/** One of two values, with its difference marked. */
function Value({ name, text, compareTo }: ValueProps) {
  const { empty } = useTexts(debuggerTexts);
  const [from, to] = differenceOf(text, compareTo);
  return (
    <div>
      <Text component="dt" size="xs" fw={600}>
        {name}
      </Text>
      <Box component="dd" m={0} className={styles['value']}>
        {text === '' ? (
          <mark>{empty}</mark>
        ) : (
          <>
            {text.slice(0, from)}
            <mark>{text.slice(from, to)}</mark>
            {text.slice(to)}
          </>
        )}
      </Box>
    </div>
  );
}

/** Where a string differs from the other: between their common beginning and their common end. */
function differenceOf(text: string, other: string): [from: number, to: number] {
  let from = 0;
  while (from < text.length && text[from] === other[from]) from++;
  let end = 0;
  const max = Math.min(text.length, other.length) - from;
  while (end < max && text.at(-1 - end) === other.at(-1 - end)) end++;
  return [from, text.length - end];
}
