/** A program that sends a request from a shell. All that it gets is a word of the shell. */
export interface ShellClient {
  /** @param data the body; null without one */
  readonly start: (method: string, url: string, data: string | null) => string;
  /** @param word `name: value` */
  readonly header: (word: string) => string;
  /** The body, if it comes after the headers. */
  readonly data: (word: string) => string;
}

/** Shows the headers of the response too. */
export const CURL: ShellClient = {
  start: (_, url) => `curl -sS -i ${url}`,
  header: (word) => `-H ${word}`,
  data: (word) => ` --data-raw ${word}`,
};

/**
 * HTTPie 3, with the same output as curl above. Its options come before the method, and a body that begins with `-` is no
 * option only after `=`. In a script it would read the standard input, and credentials in `~/.netrc` would replace the bearer token.
 */
export const HTTPIE: ShellClient = {
  start: (method, url, data) =>
    `http --ignore-stdin --ignore-netrc --print=hb ${data === null ? '' : `--raw=${data} `}${method} ${url}`,
  header: (word) => word,
  data: () => '',
};
