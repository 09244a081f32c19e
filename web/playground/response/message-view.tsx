import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { BASE_PATH, SERVICE_URL } from '../../api/browser-session.ts';
import { useTexts } from '../../language/language.ts';
import { HighlightedCode } from '../../ui/code/highlighted-code.tsx';
import type { CallResponse, Sent } from '../call.ts';
import { playgroundTexts } from '../texts.ts';
import { maskHeader } from './mask-header.ts';
import styles from './message-view.module.css';

/** The response headers that concern the call. */
const TELLING =
  /^(content-type|x-request-id|www-authenticate|retry-after|ratelimit|ratelimit-policy|location)$/;

/** An HTTP message, unchanged but wrapped, so that the reader need not scroll. */
export function HttpMessage({ children, name }: { readonly children: ReactNode; readonly name: string }) {
  return (
    <Code block className={styles['message']} tabIndex={0} role="group" aria-label={name}>
      {children}
    </Code>
  );
}

/** A request as it was sent, with its secrets masked. */
export function RequestView({ sent: { method, target, headers, body } }: { readonly sent: Sent }) {
  const { steps } = useTexts(playgroundTexts);
  const lines = [
    `${method} ${BASE_PATH}${target}`,
    `host: ${new URL(SERVICE_URL).host}`,
    ...headers.map(([name, value]) => `${name}: ${maskHeader(name, value)}`),
    ...(body === null ? [] : ['', body]),
  ];
  return <HttpMessage name={steps.request}>{lines.join('\n')}</HttpMessage>;
}

/** A response: the headers that matter, and the body indented. */
export function ResponseView({
  response: { headers, text, json, isCut },
}: {
  readonly response: CallResponse;
}) {
  const texts = useTexts(playgroundTexts);
  const telling = headers.filter(([name]) => TELLING.test(name)).map(([name, value]) => `${name}: ${value}`);
  const body = json === undefined ? text : JSON.stringify(json, null, 2);
  return (
    <>
      <HttpMessage name={texts.headers}>{telling.join('\n')}</HttpMessage>
      {body === '' ? (
        <Text size="sm" c="dimmed">
          {texts.noBody}
        </Text>
      ) : (
        <HttpMessage name={texts.body}>
          {json === undefined ? body : <HighlightedCode language="json">{body}</HighlightedCode>}
        </HttpMessage>
      )}
      {isCut && <Text size="sm">{texts.cut}</Text>}
    </>
  );
}
