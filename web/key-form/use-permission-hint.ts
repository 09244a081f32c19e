import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';

/** What a permission allows, in one sentence; undefined for a custom one. */
export function usePermissionHint(): (name: string) => string | undefined {
  const { permissionHints, wholeArea } = useTexts(fieldTexts);
  const hints: Readonly<Record<string, string>> = permissionHints;
  return (name) => {
    if (name.endsWith(':*')) return wholeArea;
    return Object.hasOwn(hints, name) ? hints[name] : undefined;
  };
}
