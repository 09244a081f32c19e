import { SessionId } from './session-id';

export default function Who() {
  return <SessionId />;
}
