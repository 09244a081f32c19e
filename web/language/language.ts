import { useSyncExternalStore } from 'react';
import { LANGUAGES, type Language } from '../../shared/languages.ts';

/** What each calls itself. */
export const CONSOLE_LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

const PLACE = 'keyseal-language';
const listeners = new Set<() => void>();
let current = chosen() ?? preferred();
document.documentElement.lang = current;

function chosen(): Language | undefined {
  try {
    return LANGUAGES.find((language) => language === localStorage.getItem(PLACE));
  } catch {
    return undefined;
  }
}

/** The first of the browser's languages that there are texts in. */
function preferred(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.map((tag) => LANGUAGES.find((language) => language === tag)).find(Boolean) ?? 'en';
}

/** Speaks another language from now on, also after a reload. */
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

/** The texts of one room, in the language of the moment: both have the same ones, or it does not compile. */
export function useTexts<T>(texts: { readonly en: T; readonly fr: T }): T {
  return texts[useLanguage()];
}
