/**
 * Parses an absolute URL.
 * @returns null if the text is none
 *
 * `URL.canParse` of Node 20 and 22 would not do: once the engine has compiled a caller that runs often, it reads Latin-1 as
 * UTF-8, and finds no URL in `https://bücher.example`.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
