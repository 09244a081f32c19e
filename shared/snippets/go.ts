import type { SnippetParts, SnippetRequest } from './parts.ts';

/** A program that needs only the standard library of Go. */
export function goSnippet(parts: SnippetParts): string {
  const { secrets, origin, authority, method, target, contentType, body, isForUser } = parts;
  const nothing = 'sha256.Sum256(nil)';
  const digests = [
    isForUser ? 'sha256.Sum256([]byte(userToken))' : nothing,
    body === null ? nothing : 'sha256.Sum256([]byte(body))',
  ];
  return [
    ...goHead(['crypto/hmac', 'crypto/rand', 'crypto/sha256', ...(secrets ? [] : ['os']), 'strings', 'time']),
    ...goSecrets(secrets, isForUser),
    `\thost, target := "${authority}", "${target}"`,
    ...(body === null ? [] : [`\tbody := ${JSON.stringify(body)}`]),
    '',
    '\tnonce := make([]byte, 16)',
    '\trand.Read(nonce)',
    '\tk, t, n := strings.Split(apiKey, "_")[2], time.Now().Unix(), fmt.Sprintf("%x", nonce)',
    `\tbase := fmt.Sprintf("v1.request\\n%s\\n%d\\n%s\\n${method}\\n%s\\n%s\\n${contentType}\\n%x\\n%x",`,
    `\t\tk, t, n, host, target, ${digests.join(', ')})`,
    '\tmac := hmac.New(sha256.New, []byte(signingSecret))',
    '\tmac.Write([]byte(base))',
    '',
    `\trequest, _ := http.NewRequest("${method}", "${origin}"+target, ${goBody(body)})`,
    '\trequest.Header.Set("authorization", "Bearer "+apiKey)',
    ...(isForUser ? ['\trequest.Header.Set("x-user-token", userToken)'] : []),
    ...(body === null ? [] : [`\trequest.Header.Set("content-type", "${contentType}")`]),
    '\trequest.Header.Set("x-signature", fmt.Sprintf("v1,k=%s,t=%d,n=%s,s=%x", k, t, n, mac.Sum(nil)))',
    ...GO_PRINTED,
  ].join('\n');
}

/** The same call without a key and a signature. */
export function unsignedGoSnippet(
  origin: string,
  { method, target, contentType, body }: SnippetRequest,
): string {
  return [
    ...goHead(body === null ? [] : ['strings']),
    ...(body === null ? [] : [`\tbody := ${JSON.stringify(body)}`]),
    `\trequest, _ := http.NewRequest("${method}", "${origin}${target}", ${goBody(body)})`,
    ...(body === null ? [] : [`\trequest.Header.Set("content-type", "${contentType}")`]),
    ...GO_PRINTED,
  ].join('\n');
}

/** The beginning of a program. @param packages in addition to those that every program needs */
export const goHead = (packages: readonly string[]): readonly string[] => [
  'package main',
  '',
  'import (',
  ...[...packages, 'fmt', 'io', 'net/http'].sort().map((name) => `\t"${name}"`),
  ')',
  '',
  'func main() {',
];

/** The secrets as variables. */
export const goSecrets = (secrets: SnippetParts['secrets'], isForUser: boolean): readonly string[] => [
  secrets
    ? `\tapiKey, signingSecret := "${secrets.apiKey}", "${secrets.signingSecret}"`
    : '\tapiKey, signingSecret := os.Getenv("KEYSEAL_API_KEY"), os.Getenv("KEYSEAL_SIGNING_SECRET")',
  ...(isForUser ? ['\tuserToken := os.Getenv("KEYSEAL_USER_TOKEN")'] : []),
];

export const goBody = (body: string | null): string => (body === null ? 'nil' : 'strings.NewReader(body)');

/** Sends the request, without following redirects, and prints the response. */
export const GO_PRINTED = [
  '\tresponse, err := http.DefaultTransport.RoundTrip(request)',
  '\tif err != nil {',
  '\t\tpanic(err)',
  '\t}',
  '\ttext, _ := io.ReadAll(response.Body)',
  '\tfmt.Println(response.StatusCode, string(text))',
  '}',
  '',
];
