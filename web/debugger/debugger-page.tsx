import { useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page.tsx';
import { SignatureDebugger } from './signature-debugger.tsx';
import { debuggerTexts } from './texts.ts';

/** The signature debugger for visitors who are not signed in. */
export function DebuggerPage() {
  const { title } = useTexts(debuggerTexts);
  return (
    <ConsolePage title={title}>
      <SignatureDebugger />
    </ConsolePage>
  );
}
