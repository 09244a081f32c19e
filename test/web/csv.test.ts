import { describe, expect, it } from 'vitest';
import { BYTE_ORDER_MARK, csvLine } from '../../web/csv/csv.ts';

describe('a line of CSV', () => {
  it('quotes what RFC 4180 says, and doubles quotes', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\r\ng', ''])).toBe('a,"b,c","d""e","f\r\ng",\r\n');
    expect(csvLine(['x;y', ' x', 'x '])).toBe('"x;y"," x","x "\r\n');
  });

  it('leaves numbers as they are, and missing values empty', () => {
    expect(csvLine([-1, 0, 1.5, true, null, undefined])).toBe('-1,0,1.5,true,,\r\n');
  });

  it.each([
    ['=1+1', "'=1+1\r\n"],
    ['+1', "'+1\r\n"],
    ['-1', "'-1\r\n"],
    ['@SUM(A1)', "'@SUM(A1)\r\n"],
    ['\t=1', `"'\t=1"\r\n`],
    ['\r=1', `"'\r=1"\r\n`],
    ['\n=1', `"'\n=1"\r\n`],
    ['＝1', "'＝1\r\n"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"\r\n`],
  ])('makes no formula of %j', (text, line) => {
    expect(csvLine([text])).toBe(line);
  });

  it('keeps a formula that begins after a comma inside its quotes', () => {
    expect(csvLine(['a,=1+1', 'b'])).toBe('"a,=1+1",b\r\n');
  });

  it('begins its file with the mark of UTF-8', () => {
    expect(new TextEncoder().encode(BYTE_ORDER_MARK)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
  });
});
