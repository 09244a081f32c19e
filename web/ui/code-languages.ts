import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import go from 'highlight.js/lib/languages/go';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';

const LANGUAGES = { bash, go, json, python, typescript } as const;
export type CodeLanguage = keyof typeof LANGUAGES;

for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

/** Marks the words of code with classes. @returns HTML, in which everything that is not a mark is escaped */
export const markedCode = (code: string, language: CodeLanguage): string =>
  highlighter.highlight(code, { language }).value;
