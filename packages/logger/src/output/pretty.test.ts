import { expect, it, onTestFinished, vi } from 'vitest';
import { createPrettifier } from './pretty.ts';

const toLine = (fields: object): string =>
  `${JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.006Z', service: 'users', ...fields })}\n`;

it('formats a line for a terminal: time, level, event and fields', () => {
  vi.stubEnv('NO_COLOR', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const prettify = createPrettifier();
  expect(prettify(toLine({ event: 'user-created', userId: 'u1' }))).toMatch(
    /^\[\d\d:04:05\.006\] INFO: user-created \{"userId":"u1"\}\n$/,
  );
  expect(prettify(toLine({ event: 'failed', err: { type: 'Error', message: 'broken', stack: '    at x' } }))).toContain(
    '"message": "broken"',
  );
});

it('writes no control character that a field contains', () => {
  vi.stubEnv('NO_COLOR', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const text = 'a\r\nb\u2028c\u0085d\u001b[31me\u009bf\u202eg\ufeff';
  const pretty = createPrettifier()(toLine({ event: 'received', text, [text]: 1, err: { message: text } }));
  expect(pretty).toContain('received');
  expect(pretty.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
