import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { load } from './load.ts';
import { secret } from './secret.ts';

const settings = { KEY: secret('What cursors are signed with.') };

describe('secret', () => {
  it('accepts what the documented command generates', () => {
    for (let round = 0; round < 200; round += 1) {
      const value = randomBytes(32).toString('base64');
      expect(load(settings, { KEY: value }).KEY).toBe(value);
    }
  });

  it('refuses known placeholders, whatever their case and punctuation', () => {
    for (const value of [
      'change-me',
      'CHANGE_ME_CHANGE_ME_CHANGE_ME_1234',
      'your-secret-goes-here-0123456789abc',
      'password',
    ]) {
      expect(() => load(settings, { KEY: value })).toThrow('KEY is a placeholder.');
    }
  });

  it('refuses what is short, and what is long only by repetition', () => {
    expect(() => load(settings, { KEY: 'k3Jd82mXq' })).toThrow('KEY is shorter than 32 characters.');
    expect(() => load(settings, { KEY: '1234'.repeat(10) })).toThrow('KEY is too regular to be a secret.');
    expect(load({ KEY: secret('A short one.', { minLength: 9 }) }, { KEY: 'k3Jd82mXq' }).KEY).toBe('k3Jd82mXq');
  });

  it('has no default, neither for the compiler nor at run time', () => {
    // @ts-expect-error -- a secret never has a default
    expect(() => secret('What cursors are signed with.', { default: 'x'.repeat(40) })).toThrow(
      'A secret has no default ("What cursors are signed with.").',
    );
    expect(() => secret(' ' as '.')).toThrow('A setting needs a description.');
  });

  it('may be absent where it is optional', () => {
    const value: string | undefined = load({ KEY: secret('A pass phrase.', { optional: true }) }, {}).KEY;
    expect(value).toBeUndefined();
  });
});
