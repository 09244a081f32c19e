import { inputRefusal, Refusal } from '../lib/refusal.ts';

/** The input of a client: bytes as `application/octet-stream`, or a form as `multipart/form-data`. */
type UploadSent = FormData | Blob | Uint8Array;
/** The input of the procedure. */
type UploadReceived = FormData | ReadableStream;

/** tRPC reads only the types of these properties. */
const TYPES: { readonly _input: UploadSent; readonly _output: UploadReceived } = {
  _input: undefined as never,
  _output: undefined as never,
};

/** The parser of an upload: tRPC passes a form or a stream, both made from bytes that are already hashed. */
export const UploadInput = {
  mediaTypes: ['multipart/form-data', 'application/octet-stream'],
  ...TYPES,
  parse(input: unknown): UploadReceived {
    if (input instanceof FormData || input instanceof ReadableStream) return input;
    throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED');
  },
};

/** The name and the bytes of an upload. Refuses with INPUT_INVALID a form without exactly one file. */
export async function readUpload(input: UploadReceived): Promise<{ name: string | null; bytes: Buffer }> {
  if (input instanceof ReadableStream) {
    return { name: null, bytes: Buffer.from(await new Response(input).arrayBuffer()) };
  }
  const [file, ...others] = [...input.values()].filter((value) => typeof value !== 'string');
  if (!file || others.length > 0) {
    throw inputRefusal('', 'must be a form with one file');
  }
  return { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) };
}
