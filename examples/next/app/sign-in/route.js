import { cookies } from 'next/headers';
import { signIn } from '../../lib/keyseal';

export async function POST(request) {
  const { email, password } = await request.json();
  const id = await signIn({ email, password });
  const options = {
    httpOnly: true,
    secure: process.env.INSECURE_COOKIE !== '1',
    sameSite: 'strict',
    path: '/',
  };
  (await cookies()).set('session', id, options);
  return new Response(null, { status: 204 });
}
