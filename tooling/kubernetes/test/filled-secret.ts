import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSigningKey, toPublicJwk } from '@plinth/auth';
import { parse } from 'yaml';
import { folder } from './overlay.ts';
import { Secret } from './schema.ts';

export const template: typeof Secret._zod.output = Secret.parse(
  parse(readFileSync(join(folder, 'secret.template.yaml'), 'utf8')),
);

/** The Secret as somebody fills it in. */
export const filledSecret = async (): Promise<Record<string, string>> => ({
  MONGODB_URI: process.env['MONGODB_URI'] ?? '',
  REDIS_URL: process.env['REDIS_URL'] ?? '',
  AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(await generateSigningKey())] }),
  CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
});
