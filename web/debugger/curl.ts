import { headerOf, type PastedRequest, partsOf } from './request-parts.ts';
import { words } from './shell-words.ts';

type Option = 'method' | 'header' | 'data' | 'json' | 'form' | 'url' | 'get' | 'head' | 'value';

/** Options of curl that change the request, and options that take a value. */
const OPTIONS: Readonly<Record<string, Option>> = {
  ...namesOf('method', '-X', '--request'),
  ...namesOf('header', '-H', '--header'),
  ...namesOf('data', '-d', '--data', '--data-raw', '--data-binary', '--data-ascii'),
  ...namesOf('json', '--json'),
  ...namesOf('url', '--url'),
  ...namesOf('get', '-G', '--get'),
  ...namesOf('head', '-I', '--head'),
  ...namesOf('value', '-o', '--output', '-w', '--write-out', '-m', '--max-time', '-e', '--referer'),
  ...namesOf('value', '-A', '--user-agent', '-u', '--user', '-b', '--cookie', '-x', '--proxy'),
  ...namesOf('value', '--connect-timeout', '--retry', '--cacert', '--resolve', '--connect-to'),
};

function namesOf(option: Option, ...names: string[]): Record<string, Option> {
  return Object.fromEntries(names.map((name) => [name, option]));
}

/** Options without a value. */
const ALONE: readonly Option[] = ['get', 'head'];
const FORM = 'application/x-www-form-urlencoded';

/** Parses a curl command of a shell. Shell variables stay as they are written. */
export function parseCurl(command: string): PastedRequest | null {
  const found = optionsOf(words(command.replace(/^\$ /, '')).slice(1));
  const all = (option: Option) => found.filter(([one]) => one === option).map(([, value]) => value);
  const [url] = all('url');
  if (url === undefined) return null;
  const json = all('json');
  const data = [...all('data'), ...json].join(json.length > 0 ? '' : '&');
  const hasData = all('data').length + json.length > 0;
  const isGet = all('get').length > 0;
  const { authority, target } = partsOf(url);
  const headers = all('header').flatMap((line) => {
    const header = headerOf(line);
    return header ? [header] : [];
  });
  const hasBody = hasData && !isGet;
  return {
    method: all('method').at(-1) ?? (all('head').length > 0 ? 'HEAD' : hasBody ? 'POST' : 'GET'),
    authority: headers.find(([name]) => name === 'host')?.[1] ?? authority,
    target: isGet && hasData ? `${target}${target.includes('?') ? '&' : '?'}${data}` : target,
    headers: hasBody ? withContentType(headers, json.length > 0 ? 'application/json' : FORM) : headers,
    body: hasBody ? data : '',
  };
}

/** curl's default content type for a body, if the command sets none. */
function withContentType(headers: [string, string][], type: string): [string, string][] {
  return headers.some(([name]) => name === 'content-type') ? headers : [...headers, ['content-type', type]];
}

function optionsOf(given: readonly string[]): [option: Option, value: string][] {
  const found: [Option, string][] = [];
  for (let at = 0; at < given.length; at++) {
    const [name, value] = nameAndValue(given[at] as string);
    const option = OPTIONS[name];
    if (!name.startsWith('-')) found.push(['url', name]);
    else if (option && ALONE.includes(option)) found.push([option, '']);
    else if (option) found.push([option, value ?? given[++at] ?? '']);
  }
  return found;
}

/** `--data=x` and `-XPOST` have their value in the same word. */
function nameAndValue(word: string): [name: string, value?: string] {
  const [, long, value] = /^(--[\w-]+)=([\s\S]*)$/.exec(word) ?? [];
  if (long !== undefined && value !== undefined) return [long, value];
  const short = word.slice(0, 2);
  const isJoined = /^-[A-Za-z]./.test(word) && OPTIONS[short] !== undefined;
  return isJoined && !ALONE.includes(OPTIONS[short] as Option) ? [short, word.slice(2)] : [word];
}
