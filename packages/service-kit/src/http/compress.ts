import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Bodies of no more characters gain nothing. */
export const thresholdLength = 1024;

const brotliQuality = 4;

export type Coding = 'br' | 'gzip';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

const qualityOf = (header: string, coding: string): number | undefined => {
  for (const part of header.split(',')) {
    const [name, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    if (name !== coding) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return quality === undefined ? 1 : Number(quality.slice(2));
  }
  return undefined;
};

/** The content coding that an `Accept-Encoding` header asks for; none for a body that is to be sent as it is. */
export const codingFor = (header: string | undefined): Coding | undefined => {
  if (header === undefined) return undefined;
  const others = qualityOf(header, '*') ?? 0;
  const [brotli, zip] = [qualityOf(header, 'br') ?? others, qualityOf(header, 'gzip') ?? others];
  if (brotli > 0 && brotli >= zip) return 'br';
  return zip > 0 ? 'gzip' : undefined;
};

export const compress = (body: string, coding: Coding): Promise<Buffer> =>
  coding === 'br' ? toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }) : toGzip(body);
