import type { CSSProperties } from 'react';
import { useTexts } from '../../language/language.ts';
import classes from './signature-seal.module.css';
import { sealTexts } from './texts.ts';

/** What is known of a call: nothing yet, that it was accepted, or that it was refused. */
export type SealState = 'open' | 'accepted' | 'refused';

interface SignatureSealProps {
  readonly state: SealState;
  /** The line of the base at which a refused call broke, 1 to 10; null if none is to blame. */
  readonly line?: number | null;
  /** Pixels. */
  readonly size?: number;
}

const LINES = Array.from({ length: 10 }, (_, at) => at);

/** Lengths of the lines while they are text, as multiples of a side of the seal. */
const LENGTHS = [1.3, 2, 1.6, 2.8, 0.9, 2.3, 3, 2, 3.3, 3.3];

/** What a seal shows, in words. */
export const sealLabel = (
  { state, line = null }: Pick<SignatureSealProps, 'state' | 'line'>,
  texts: (typeof sealTexts)['en'],
): string => (state === 'refused' && line !== null ? texts.refusedAt(line) : texts[state]);

/** The ten lines of a signature base, which close into a seal if the call is accepted and crack at the line that differs. */
export function SignatureSeal({ state, line = null, size = 96 }: SignatureSealProps) {
  const label = sealLabel({ state, line }, useTexts(sealTexts));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox="0 0 120 120"
      width={size}
      height={size}
      className={classes.seal}
      data-state={state}
    >
      {state === 'accepted' && <circle className={classes.ground} cx={60} cy={60} r={37} />}
      {LINES.map((at) => (
        <line
          key={at}
          x1={-11.5}
          x2={11.5}
          className={classes.line}
          data-differs={(state === 'refused' && at + 1 === line) || undefined}
          data-after={(state === 'refused' && line !== null && at + 1 > line) || undefined}
          style={{ '--at': at, '--length': LENGTHS[at] } as CSSProperties}
        />
      ))}
      {state === 'accepted' && <path className={classes.tick} d="M42 61.5 54.5 74 79 47.5" />}
      {state === 'refused' && (
        <path
          className={classes.crack}
          d="M60 17 54 33 65 44 56 60 63 73"
          style={{ '--at': (line ?? 1) - 1 } as CSSProperties}
        />
      )}
    </svg>
  );
}
