import { load } from '@plinth/config';
import { StartupError } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { mailSettings, openMail } from '../src/index.ts';

const MAIL_URL = 'smtps://user:word@mail.example.com:465';
const MAIL_FROM = 'no-reply@example.com';
const MAIL_DIR = '/tmp/mail';

const open = (NODE_ENV: string, env: Record<string, string>) => openMail({ NODE_ENV, ...load(mailSettings, env) });

describe('openMail', () => {
  it.each([
    ['production', { MAIL_URL, MAIL_FROM }],
    ['development', { MAIL_URL, MAIL_FROM }],
    ['development', { MAIL_URL, MAIL_FROM, MAIL_DIR }],
    ['development', { MAIL_DIR }],
    ['test', { MAIL_DIR, MAIL_FROM }],
  ])('opens in %s with %j', (env, settings) => {
    expect(open(env, settings)).toHaveProperty('send');
  });

  it.each([
    ['production', {}, 'Set MAIL_URL'],
    ['production', { MAIL_DIR }, 'Set MAIL_URL'],
    ['production', { MAIL_URL }, 'Set MAIL_FROM'],
    ['development', {}, 'Set MAIL_DIR'],
  ])('does not start in %s with %j', (env, settings, fix) => {
    expect(() => open(env, settings)).toThrow(StartupError);
    expect(() => open(env, settings)).toThrow(fix);
  });
});

describe('the settings of mail', () => {
  it.each(['smtp://127.0.0.1', 'smtps://mail.example.com/', 'smtp://a:b@mail.example.com:587'])('accept %s', (url) => {
    expect(load(mailSettings, { MAIL_URL: url }).MAIL_URL).toBe(url);
  });

  it.each([
    'http://mail.example.com',
    'smtps://mail.example.com/?tls.rejectUnauthorized=false',
    'smtps://mail.example.com/path',
    'smtps://a,b',
    'mail.example.com',
  ])('refuse the server %s', (url) => {
    expect(() => load(mailSettings, { MAIL_URL: url })).toThrow(/MAIL_URL/);
  });

  it.each(['a@example.com', 'Plinth <a@example.com>', 'Größe & Söhne <a.b+c@mail.example.com>'])(
    'accept the sender %s',
    (from) => {
      expect(load(mailSettings, { MAIL_FROM: from }).MAIL_FROM).toBe(from);
    },
  );

  it.each([
    'Plinth',
    'a@example.com, b@example.com',
    'A\r\nBcc: b@example.com <a@example.com>',
    'A <a@example.com',
    '<a@b>',
  ])('refuse the sender %j', (from) => {
    expect(() => load(mailSettings, { MAIL_FROM: from })).toThrow(/MAIL_FROM/);
  });
});
