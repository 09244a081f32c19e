/** A browser at an identity provider: follows redirects within it, and keeps its cookies. */
export class CookieBrowser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  /** @param issuer the provider, of whose origin all its pages are */
  constructor(issuer: string) {
    this.#origin = new URL(issuer).origin;
  }

  /** @returns the page of the provider, or the address outside of it, at which the redirects end */
  async follow(target: string, form?: Record<string, string>): Promise<string> {
    let url = new URL(target, this.#origin);
    let response = await this.#fetch(url, form);
    for (
      let location = response.headers.get('location');
      location;
      location = response.headers.get('location')
    ) {
      url = new URL(location, url);
      if (url.origin !== this.#origin) return url.href;
      response = await this.#fetch(url);
    }
    return url.href;
  }

  /** @returns the text of a page of the provider */
  async read(target: string): Promise<string> {
    return (await this.#fetch(new URL(target, this.#origin))).text();
  }

  async #fetch(url: URL, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const body = await response.arrayBuffer();
    return new Response(body.byteLength === 0 ? null : body, response);
  }
}
