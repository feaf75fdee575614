import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { RawHeader } from '@plinth/testing';
import { naughtyJson } from './naughty-strings.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';

const createSpaces = (megabytes: number): Buffer => Buffer.alloc(megabytes * 1024 * 1024, ' ');
/** Encodes a body for `Transfer-Encoding: chunked`. */
const toChunked = (body: Buffer, size: number): Buffer => {
  const chunks: Buffer[] = [];
  for (let start = 0; start < body.length; start += size) {
    const chunk = body.subarray(start, start + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
};

/** A body and the status with which a JSON route rejects it. */
export type NaughtyBody = readonly [
  name: string,
  status: number,
  body: string | Buffer,
  headers?: readonly RawHeader[],
];

const spaces = createSpaces(heavy ? 200 : 20);
const fastBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const contentEncoding = (coding: string): RawHeader[] => [['Content-Encoding', coding]];
const contentType = (type: string): RawHeader[] => [['Content-Type', type]];

/** Bodies that no JSON route accepts. */
export const naughtyBodies: readonly NaughtyBody[] = [
  ...naughtyJson.filter((json) => !json.startsWith('{')).map((json): NaughtyBody => [json.slice(0, 40), 400, json]),
  ['5 MB of spaces', 413, createSpaces(5)],
  ['5 MB of one text', 413, `{"name":"${'a'.repeat(5 * 1024 * 1024)}"}`],
  ['5 MB in chunks', 413, toChunked(createSpaces(5), 65_536), [['Transfer-Encoding', 'chunked']]],
  ['300 KB in chunks of ten bytes', 413, toChunked(Buffer.alloc(300_000), 10), [['Transfer-Encoding', 'chunked']]],
  ['a gzip bomb', 415, gzipSync(spaces), contentEncoding('gzip')],
  ['a gzip bomb in a gzip bomb', 415, gzipSync(gzipSync(spaces)), contentEncoding('gzip, gzip')],
  ['a deflate bomb', 415, deflateSync(spaces), contentEncoding('deflate')],
  ['a brotli bomb', 415, brotliCompressSync(spaces, fastBrotli), contentEncoding('br')],
  ['a gzip bomb without Content-Encoding', 400, gzipSync(createSpaces(5))],
  ['an unknown coding', 415, '{}', contentEncoding('x')],
  ['UTF-16', 400, Buffer.from('{"name":"a"}', 'utf16le')],
  ['bytes that are not UTF-8', 400, Buffer.from('{"name":"\u00ff"}', 'latin1')],
  [
    'half of a surrogate pair as bytes',
    400,
    Buffer.concat([Buffer.from('{"name":"'), Buffer.from('eda080', 'hex'), Buffer.from('"}')]),
  ],
  ['a form', 415, 'name=a', contentType('application/x-www-form-urlencoded')],
  ['multipart', 415, '--a\r\n\r\nb\r\n--a--', contentType('multipart/form-data; boundary=a')],
  ['XML', 415, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', contentType('application/xml')],
  ['text', 415, '{"name":"a"}', contentType('text/plain')],
  ['no type', 415, '{"name":"a"}', contentType('')],
];
