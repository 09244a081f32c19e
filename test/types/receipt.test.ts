import { describe, expectTypeOf, it } from 'vitest';
import type { ResponseKeySet } from '../../client/index.ts';
import {
  type ReceiptProblem,
  ReceiptUnverified,
  type VerifiedReceipt,
  verifyReceipt,
} from '../../client/verify-receipt.ts';

describe('a receipt', () => {
  it('is verified from a file and a directory', () => {
    expectTypeOf(verifyReceipt).toEqualTypeOf<
      (file: string | Uint8Array, directory: ResponseKeySet) => Promise<VerifiedReceipt>
    >();
    expectTypeOf<VerifiedReceipt>().toEqualTypeOf<{
      readonly workspace: string;
      readonly sequence: number;
      readonly time: number;
      readonly previous: string;
      readonly link: string;
      readonly request: { readonly method: string; readonly url: string; readonly keyId: string };
      readonly response: { readonly status: number };
    }>();
  });

  it('that does not verify names the problem', () => {
    expectTypeOf(ReceiptUnverified).instance.toExtend<Error>();
    expectTypeOf<ReceiptUnverified['problem']>().toEqualTypeOf<ReceiptProblem>();
    expectTypeOf<ReceiptProblem>().toEqualTypeOf<'form' | 'signature' | 'content' | 'request'>();
  });
});
