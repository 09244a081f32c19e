import { useSearch } from '@tanstack/react-router';
import { BASE_PATH, SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { Loading } from '../ui/feedback/loading.tsx';
import { Breadcrumb } from '../ui/page/breadcrumb.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { type KnownCall, readKnownCall, requestOf } from './known-call.ts';
import { KnownCallView } from './known-call-view.tsx';
import { SignatureDebugger } from './signature-debugger.tsx';
import { debuggerTexts } from './texts.ts';
import { useMethod } from './use-method.ts';

/** The signature debugger for visitors who are not signed in, and for calls of the request log. */
export function DebuggerPage() {
  const { title, description } = useTexts(debuggerTexts);
  // The playground is for signed-in users.
  const isSignedIn = typeof useSessionId() === 'string';
  const call = readKnownCall(useSearch({ from: '/shell/security/debugger' }));
  return (
    <ConsolePage
      title={title}
      description={description}
      {...(isSignedIn ? { above: <Breadcrumb to="/playground" here={title} /> } : {})}
    >
      {call.procedure === undefined ? <SignatureDebugger /> : <OfCall call={call} />}
    </ConsolePage>
  );
}

function OfCall({ call }: { readonly call: KnownCall }) {
  const method = useMethod(call.procedure);
  if (method === undefined) return <Loading />;
  const path = `/api/${call.procedure}`;
  return (
    <>
      <KnownCallView call={call} method={method} target={BASE_PATH + path} />
      <SignatureDebugger request={requestOf(call, method ?? 'POST', SERVICE_URL + path)} />
    </>
  );
}
