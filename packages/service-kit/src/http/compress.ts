import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { weightedIn } from './weighted.ts';

/** Bodies of no more characters gain nothing. */
export const thresholdLength = 1024;

const brotliQuality = 4;

export type Coding = 'br' | 'gzip';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** The content coding that an `Accept-Encoding` header asks for; none for a body that is to be sent as it is. */
export const codingFor = (header: string | undefined): Coding | undefined => {
  if (header === undefined) return undefined;
  const choices = weightedIn(header);
  const qualityOf = (coding: string) => choices.find(({ name }) => name === coding)?.quality;
  const others = qualityOf('*') ?? 0;
  const [brotli, zip] = [qualityOf('br') ?? others, qualityOf('gzip') ?? others];
  if (brotli > 0 && brotli >= zip) return 'br';
  return zip > 0 ? 'gzip' : undefined;
};

export const compress = (body: string, coding: Coding): Promise<Buffer> =>
  coding === 'br' ? toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }) : toGzip(body);
