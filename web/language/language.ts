import { useSyncExternalStore } from 'react';
import { LANGUAGES, type Language } from '../../shared/languages.ts';

/** The name of each language in itself. */
export const CONSOLE_LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

const PLACE = 'keyseal-language';
const listeners = new Set<() => void>();
let current = readChoice() ?? preferredLanguage();
document.documentElement.lang = current;

function readChoice(): Language | undefined {
  try {
    return LANGUAGES.find((language) => language === localStorage.getItem(PLACE));
  } catch {
    return undefined;
  }
}

/** The first of the browser's languages that the console supports. */
function preferredLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'en';
}

/** Switches the language, for later visits as well. */
export function setLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(PLACE, language);
  } catch {
    // A browser that keeps nothing asks its own preference again.
  }
  for (const listener of listeners) listener();
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => current,
  );
}

/** The messages of one folder in the current language. They compile only if English and French have the same properties. */
export function useTexts<T>(texts: { readonly en: T; readonly fr: T }): T {
  return texts[useLanguage()];
}
