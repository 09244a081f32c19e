/** Whether a text is a host, with a port or without, as the URL standard writes it: lowercase, no default port. */
export function isAuthority(text: string): boolean {
  return ['http', 'https'].every((scheme) => {
    const url = `${scheme}://${text}/`;
    return URL.canParse(url) && new URL(url).host === text;
  });
}
