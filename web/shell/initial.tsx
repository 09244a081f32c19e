import classes from './shell.module.css';

interface InitialProps {
  /** The name of a user or of a workspace. */
  readonly of: string;
  readonly isUser?: boolean;
}

/** The first letter of a name, as a picture next to it. */
export function Initial({ of: name, isUser = false }: InitialProps) {
  // A direction mark is not a letter, and a letter may be several code units.
  const shown = name.replace(/^[\s\p{Cf}]+/u, '');
  const [letter = '·'] = new Intl.Segmenter().segment(shown).containing(0)?.segment.toUpperCase() ?? [];
  return (
    <span className={isUser ? classes.user : classes.initial} aria-hidden="true">
      {letter}
    </span>
  );
}
