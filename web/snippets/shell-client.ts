/** A program that sends a request from a shell. Everything that it gets is a word of the shell. */
export interface ShellClient {
  readonly start: (method: string, url: string) => string;
  /** @param word `name: value` */
  readonly header: (word: string) => string;
  readonly body: (word: string) => string;
}

/** Shows the headers of the response too. */
export const CURL: ShellClient = {
  start: (_, url) => `curl -sS -i ${url}`,
  header: (word) => `-H ${word}`,
  body: (word) => `--data-raw ${word}`,
};

/** HTTPie 3, as curl above. It would read a body from the standard input of a script. */
export const HTTPIE: ShellClient = {
  start: (method, url) => `http --ignore-stdin --print=hb ${method} ${url}`,
  header: (word) => word,
  body: (word) => `--raw ${word}`,
};
