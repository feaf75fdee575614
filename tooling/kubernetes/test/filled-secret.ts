import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestIssuer } from '@plinth/auth/testing';
import { ownSettings } from '@plinth/testing/process';
import { parse } from 'yaml';
import { folder } from './overlay.ts';
import { Secret } from './schema.ts';

export const template: typeof Secret._zod.output = Secret.parse(
  parse(readFileSync(join(folder, 'secret.template.yaml'), 'utf8')),
);

/** The Secret as somebody fills it in. */
export const filledSecret = async (): Promise<Record<string, string>> => {
  const { MONGODB_URI, REDIS_URL, CURSOR_SECRET } = ownSettings();
  return { MONGODB_URI, REDIS_URL, CURSOR_SECRET, ...(await createTestIssuer()).settings };
};
