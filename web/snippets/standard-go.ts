import { GO_PRINTED, goBody, goHead, goSecrets } from './go.ts';
import { type StandardParts, standardComponents } from './parts.ts';

/** Signs by RFC 9421: a program that needs only the standard library of Go. */
export function standardGoSnippet(parts: StandardParts): string {
  const { origin, method, target, contentType, body, isForUser } = parts;
  const values: Readonly<Record<string, string>> = {
    '@method': `"${method}"`,
    '@target-uri': 'url',
    'content-type': `"${contentType}"`,
    'content-digest': '"sha-256=:" + base64.StdEncoding.EncodeToString(digest[:]) + ":"',
    'x-user-token': 'userToken',
  };
  return [
    ...goHead([
      ...['crypto/hmac', 'crypto/rand', 'crypto/sha256', 'encoding/base64', 'os', 'strings', 'time'],
    ]),
    ...goSecrets(null, isForUser),
    `\turl := "${origin}${target}"`,
    ...(body === null
      ? []
      : [`\tbody := ${JSON.stringify(body)}`, '\tdigest := sha256.Sum256([]byte(body))']),
    '\tcovered := [][2]string{',
    ...standardComponents(parts).map((name) => `\t\t{"${name}", ${values[name]}},`),
    '\t}',
    `\trequest, _ := http.NewRequest("${method}", url, ${goBody(body)})`,
    '\tvar names []string',
    '\tvar base string',
    '\tfor _, part := range covered {',
    '\t\tname, value := part[0], part[1]',
    '\t\tnames = append(names, fmt.Sprintf("%q", name))',
    '\t\tbase += fmt.Sprintf("%q: %s\\n", name, value)',
    "\t\tif name[0] != '@' {",
    '\t\t\trequest.Header.Set(name, value)',
    '\t\t}',
    '\t}',
    '',
    '\tnonce := make([]byte, 16)',
    '\trand.Read(nonce)',
    '\tparams := fmt.Sprintf("(%s);created=%d;nonce=\\"%x\\";keyid=%q",',
    '\t\tstrings.Join(names, " "), time.Now().Unix(), nonce, strings.Split(apiKey, "_")[2])',
    '\tmac := hmac.New(sha256.New, []byte(signingSecret))',
    '\tfmt.Fprintf(mac, "%s\\"@signature-params\\": %s", base, params)',
    '',
    '\trequest.Header.Set("authorization", "Bearer "+apiKey)',
    '\trequest.Header.Set("signature-input", "sig="+params)',
    '\trequest.Header.Set("signature", "sig=:"+base64.StdEncoding.EncodeToString(mac.Sum(nil))+":")',
    ...GO_PRINTED,
  ].join('\n');
}
