import { useEffect, useState } from 'react';
import code from './code.module.css';
import type { CodeLanguage } from './code-languages.ts';
import { MaskedText, maskedHtml } from './mask.tsx';

type Highlight = typeof import('./code-languages.ts').highlightCode;

interface HighlightedCodeProps {
  readonly children: string;
  readonly language: CodeLanguage;
  /** What the masks in the code are, in a word; undefined if it has none. */
  readonly maskLabel?: string | undefined;
}

/** Characters of the longest code that is highlighted: nobody reads all of a longer one, and the page would pause. */
const LONGEST = 50_000;

/** Code in colours, once the highlighter is loaded. Its text is the same before and after. */
export function HighlightedCode({ children: text, language, maskLabel }: HighlightedCodeProps) {
  const [highlighter, setHighlighter] = useState<{ readonly highlight: Highlight } | null>(null);
  useEffect(() => {
    let isOver = false;
    const load = async () => {
      const { highlightCode } = await import('./code-languages.ts');
      if (!isOver) setHighlighter({ highlight: highlightCode });
    };
    // Without it, the code has one colour.
    void load().catch(() => {});
    return () => {
      isOver = true;
    };
  }, []);
  if (highlighter === null || text.length > LONGEST)
    return maskLabel === undefined ? text : <MaskedText label={maskLabel}>{text}</MaskedText>;
  const html = highlighter.highlight(text, language);
  return (
    <span
      className={code['code']}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the highlighter escapes the text, and adds nothing but spans; so do the masks.
      dangerouslySetInnerHTML={{ __html: maskLabel === undefined ? html : maskedHtml(html, maskLabel) }}
    />
  );
}
