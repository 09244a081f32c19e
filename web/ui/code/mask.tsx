import { Fragment } from 'react';

/** Stands for a secret: as long for each, so that it does not show how long they are. */
export const MASK = '•'.repeat(16);

/** What a screen reader says of a mask: it would read every dot of it. @param label of ours, without markup */
const attributesOf = (label: string) => ({ role: 'img', 'aria-label': label });

interface MaskedTextProps {
  readonly children: string;
  /** What the masks are, in a word. */
  readonly label: string;
}

/** A text whose masks are read as a word. */
export function MaskedText({ children, label }: MaskedTextProps) {
  const [first, ...others] = children.split(MASK);
  return (
    <>
      {first}
      {others.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
        <Fragment key={at}>
          <span {...attributesOf(label)}>{MASK}</span>
          {text}
        </Fragment>
      ))}
    </>
  );
}

/** The same for code that is highlighted as HTML. */
export function maskedHtml(html: string, label: string): string {
  const attributes = Object.entries(attributesOf(label)).map(([name, value]) => `${name}="${value}"`);
  return html.replaceAll(MASK, `<span ${attributes.join(' ')}>${MASK}</span>`);
}
