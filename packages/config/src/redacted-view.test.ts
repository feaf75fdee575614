import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flag, json, port, text } from './kinds.ts';
import { load } from './load.ts';
import { redactedView } from './redacted-view.ts';
import { secret } from './secret.ts';
import { url } from './url.ts';

describe('redactedView', () => {
  it('shows plain settings and hides secrets, credentials and documents', () => {
    const settings = {
      PORT: port('Where the API listens.', { default: 3000 }),
      ON: flag('Whether it is on.', { default: true }),
      NAME: text('What it is called.', { example: 'one', optional: true }),
      MONGODB_URI: url('Where MongoDB is.', { schemes: ['mongodb'], example: 'mongodb://localhost' }),
      CURSOR_SECRET: secret('What cursors are signed with.'),
      KEYS: json('Keys.', { schema: z.array(z.string()), expects: 'a list', example: '[]' }),
    };
    const config = load(settings, {
      MONGODB_URI: 'mongodb://app:QQword@a:1,b:2/plinth?authMechanismProperties=QQtoken',
      CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
      KEYS: '["QQ"]',
    });
    expect(redactedView(config, settings)).toEqual({
      PORT: 3000,
      ON: true,
      MONGODB_URI: 'mongodb://[secret]@a:1,b:2/plinth?[query]',
      CURSOR_SECRET: '[secret]',
      KEYS: '[json]',
    });
  });
});
