import { cookies } from 'next/headers';
import { clientOf } from '../../lib/keyseal';

const clientHere = async () => clientOf((await cookies()).get('session')?.value);

async function Name() {
  const client = await clientHere();
  return <p>{client ? `You are ${(await client.whoami.query()).user.email}.` : 'Nobody is signed in.'}</p>;
}

async function Keys() {
  const client = await clientHere();
  return client && <p>{`Keys: ${(await client.keys.list.query()).items.length}.`}</p>;
}

/** Its parts are rendered at the same time, and share one client. */
export default function Account() {
  return (
    <>
      <Name />
      <Keys />
    </>
  );
}
