import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { RawHeader } from '@plinth/testing';
import { naughtyJson } from './naughty-strings.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';

const megabytes = (size: number): Buffer => Buffer.alloc(size * 1024 * 1024, 0x20);
const inChunks = (body: Buffer, size: number): Buffer => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
};

/** A body, and the status by which a route that takes JSON refuses it. */
export type NaughtyBody = readonly [
  what: string,
  status: number,
  body: string | Buffer,
  headers?: readonly RawHeader[],
];

const nothingButZeros = megabytes(heavy ? 200 : 50);
const coded = (coding: string): RawHeader[] => [['Content-Encoding', coding]];
const typed = (type: string): RawHeader[] => [['Content-Type', type]];
/** What stands where a body should. */
export const naughtyBodies: readonly NaughtyBody[] = [
  ...naughtyJson.filter((json) => !json.startsWith('{')).map((json): NaughtyBody => [json.slice(0, 40), 400, json]),
  ['5 MB of space', 413, megabytes(5)],
  ['5 MB of one text', 413, `{"name":"${'a'.repeat(5 * 1024 * 1024)}"}`],
  ['5 MB in chunks', 413, inChunks(megabytes(5), 65_536), [['Transfer-Encoding', 'chunked']]],
  ['300 KB in chunks of ten bytes', 413, inChunks(Buffer.alloc(300_000), 10), [['Transfer-Encoding', 'chunked']]],
  ['a gzip bomb', 415, gzipSync(nothingButZeros), coded('gzip')],
  ['a gzip bomb in a gzip bomb', 415, gzipSync(gzipSync(nothingButZeros)), coded('gzip, gzip')],
  ['a deflate bomb', 415, deflateSync(nothingButZeros), coded('deflate')],
  ['a brotli bomb', 415, brotliCompressSync(megabytes(50)), coded('br')],
  ['a gzip bomb that does not say so', 400, gzipSync(megabytes(5))],
  ['a coding that nobody knows', 415, '{}', coded('x')],
  ['UTF-16', 400, Buffer.from('{"name":"a"}', 'utf16le')],
  ['bytes that are no UTF-8', 400, Buffer.from('{"name":"\u00ff"}', 'latin1')],
  [
    'half of a pair as bytes',
    400,
    Buffer.concat([Buffer.from('{"name":"'), Buffer.from('eda080', 'hex'), Buffer.from('"}')]),
  ],
  ['a form', 415, 'name=a', typed('application/x-www-form-urlencoded')],
  ['parts', 415, '--a\r\n\r\nb\r\n--a--', typed('multipart/form-data; boundary=a')],
  ['XML', 415, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', typed('application/xml')],
  ['text', 415, '{"name":"a"}', typed('text/plain')],
  ['no type', 415, '{"name":"a"}', typed('')],
];
