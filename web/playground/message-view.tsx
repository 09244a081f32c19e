import { Code, Text } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { SERVICE_URL } from '../service.ts';
import type { Answer, Sent } from './call.ts';
import { masked } from './masked.ts';
import styles from './message-view.module.css';
import { playgroundTexts } from './texts.ts';

/** Headers of an answer that tell something about the call. */
const TELLING =
  /^(content-type|x-request-id|www-authenticate|retry-after|ratelimit|ratelimit-policy|location)$/;

/** A request as it went out, without the secrets in it. */
export function RequestView({ sent: { method, target, headers, body } }: { readonly sent: Sent }) {
  const lines = [
    `${method} ${target}`,
    `host: ${new URL(SERVICE_URL).host}`,
    ...headers.map(([name, value]) => `${name}: ${masked(name, value)}`),
    ...(body === null ? [] : ['', body]),
  ];
  return (
    <Code block className={styles['message']}>
      {lines.join('\n')}
    </Code>
  );
}

/** An answer: the headers that matter, and the body laid out. */
export function AnswerView({ answer: { headers, text, json, isCut } }: { readonly answer: Answer }) {
  const texts = useTexts(playgroundTexts);
  const telling = headers.filter(([name]) => TELLING.test(name)).map(([name, value]) => `${name}: ${value}`);
  const body = json === undefined ? text : JSON.stringify(json, null, 2);
  return (
    <>
      <Code block className={styles['message']} aria-label={texts.headers}>
        {telling.join('\n')}
      </Code>
      {body === '' ? (
        <Text size="sm" c="dimmed">
          {texts.noBody}
        </Text>
      ) : (
        <Code block className={styles['message']} aria-label={texts.body} tabIndex={0}>
          {body}
        </Code>
      )}
      {isCut && <Text size="sm">{texts.cut}</Text>}
    </>
  );
}
