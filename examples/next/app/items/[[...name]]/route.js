import { guard } from '../../guard.js';

let guarded;

/** A dynamic route: its parameters follow the admitted caller. The request is still Next's own. */
export function GET(request, context) {
  guarded ??= guard().fetch(
    { permission: 'orders:write' },
    async ({ nextUrl, cookies }, { caller }, { params }) =>
      Response.json({
        by: caller.key?.id,
        name: (await params).name ?? [],
        query: [...nextUrl.searchParams],
        theme: cookies.get('theme')?.value ?? null,
      }),
  );
  return guarded(request, context);
}
