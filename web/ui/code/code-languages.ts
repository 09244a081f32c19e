import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import go from 'highlight.js/lib/languages/go';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';

const LANGUAGES = { bash, go, json, python, typescript } as const;
export type CodeLanguage = keyof typeof LANGUAGES;

for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);

/** Highlights code: puts its words into spans with classes. @returns HTML, in which all else is escaped */
export const highlightCode = (code: string, language: CodeLanguage): string =>
  highlighter.highlight(code, { language }).value;
