import { useEffect, useState } from 'react';
import code from './code.module.css';
import type { CodeLanguage } from './code-languages.ts';

type Mark = typeof import('./code-languages.ts').markedCode;

interface HighlightedCodeProps {
  readonly children: string;
  readonly language: CodeLanguage;
}

/** Code of which nobody reads more than this is not worth a pause of the page. */
const LONGEST = 50_000;

/** Code in colours, once what colours it is loaded. Its text is the same before and after. */
export function HighlightedCode({ children: text, language }: HighlightedCodeProps) {
  const [mark, setMark] = useState<{ readonly by: Mark } | null>(null);
  useEffect(() => {
    let isOver = false;
    const load = async () => {
      const { markedCode } = await import('./code-languages.ts');
      if (!isOver) setMark({ by: markedCode });
    };
    // Without it, the code has one colour.
    void load().catch(() => {});
    return () => {
      isOver = true;
    };
  }, []);
  if (mark === null || text.length > LONGEST) return text;
  return (
    <span
      className={code['code']}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the highlighter escapes the text, and adds nothing but spans.
      dangerouslySetInnerHTML={{ __html: mark.by(text, language) }}
    />
  );
}
