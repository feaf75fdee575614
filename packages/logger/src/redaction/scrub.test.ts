import { describe, expect, it } from 'vitest';
import { scrub } from './scrub.ts';
import { textLengthMax } from './size-limits.ts';

const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJNQVJLRVIifQ.c2lnbmF0dXJlLU1BUktFUg';

describe('scrub', () => {
  it('removes tokens anywhere in a text', () => {
    for (const token of [jwt, `${jwt}.a.b`, 'v4.public.TUFSS0VS', 'v4.local.TUFSS0VS.Zm9vdGVy', jwt.slice(0, 30)]) {
      expect(scrub(`before ${token} after`)).toBe('before [secret] after');
      expect(scrub(`x_${token}`)).toBe('x_[secret]');
    }
    expect(scrub('{ "alg" header: eyAiYWxnIjogIkVkRFNBIn0.e30.xyz')).toBe('{ "alg" header: [secret]');
    expect(scrub('authorization: Bearer CANARY-opaque, next')).toBe('authorization: Bearer [secret], next');
    expect(scrub('Basic dXNlcjpNQVJLRVI=')).toBe('Basic [secret]');
  });

  it('removes the credentials of a URI, even with several hosts or an unescaped password', () => {
    expect(scrub('mongodb://app:CANARY@a:27017,b:27017/db failed')).toBe(
      'mongodb://[secret]@a:27017,b:27017/db failed',
    );
    expect(scrub('redis://:CANARY@a')).toBe('redis://[secret]@a');
    expect(scrub('mongodb://app:MAR/KER@a/db')).toBe('mongodb://[secret]@a/db');
    expect(scrub('mongodb://app:MAR@KER@a/db')).toBe('mongodb://[secret]@a/db');
    expect(scrub('http://localhost:3000/@scope/x')).toBe('http://localhost:3000/@scope/x');
  });

  it('removes secrets in queries and in quoted JSON', () => {
    expect(scrub('GET /reset?id=1&token=CANARY&x=2')).toBe('GET /reset?id=1&token=[secret]&x=2');
    expect(scrub('/cb?code=CANARY')).toBe('/cb?code=[secret]');
    expect(scrub('{"newPassword": "CANARY","id":"1"}')).toBe('{"newPassword": "[secret]","id":"1"}');
  });

  it('removes private keys', () => {
    const body = 'CANARY\nCANARY\n';
    expect(scrub(`a -----BEGIN PRIVATE KEY-----\n${body}-----END PRIVATE KEY----- b`)).toBe('a [secret] b');
    expect(scrub(`a -----BEGIN EC PRIVATE KEY-----\n${body}`)).toBe('a [secret]');
  });

  it('removes e-mail addresses and keeps versions and scopes', () => {
    expect(scrub('user alice.b+c@mail.example.com exists')).toBe('user [pii] exists');
    expect(scrub('<änne@bücher.de>')).toBe('<[pii]>');
    const path = 'node_modules/.pnpm/zod@4.6.7/node_modules/@plinth/kernel';
    expect(scrub(path)).toBe(path);
  });

  it('removes values that parsers and databases quote from documents', () => {
    expect(scrub('E11000 duplicate key error index: email_1 dup key: { name: "CANARY" }')).toBe(
      'E11000 duplicate key error index: email_1 dup key: [pii]',
    );
    let message = '';
    try {
      JSON.parse('{"name": CANARY}');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('CAN');
    expect(scrub(message)).toBe('SyntaxError: Unexpected token … is not valid JSON');
  });

  it('cuts a long text and marks the cut', () => {
    expect(scrub('a'.repeat(textLengthMax))).toHaveLength(textLengthMax);
    expect(scrub('a '.repeat(textLengthMax))).toBe(`${'a '.repeat(textLengthMax / 2)}…[cut]`);
    expect(scrub('a'.repeat(3 * textLengthMax))).toBe('…[cut]');
  });

  it('leaves no part of a token that the cut divides', () => {
    for (const token of [jwt, 'alice-CANARY@mail.example.com', 'mongodb://u:CANARY@host/', 'Bearer CANARYCANARY']) {
      for (const edge of [textLengthMax, 2 * textLengthMax]) {
        for (let shift = 0; shift <= token.length; shift += 1) {
          const text = `${'. '.repeat(edge)}`.slice(0, edge - shift) + token + ' z'.repeat(textLengthMax);
          expect(scrub(text)).not.toMatch(/CANARY|eyJ/);
        }
      }
    }
  });

  it('returns well-formed text', () => {
    expect(scrub('a\ud800b')).toBe('a\ufffdb');
  });

  it('scrubs a hostile text in linear time', () => {
    const pieces = [
      'a',
      '@',
      'a@',
      'eyJ',
      'ey',
      '://',
      '://a:',
      '@://a:',
      '"token"',
      '?',
      '?token',
      'Unexpected token ',
      'Bearer ',
      'a.',
      '@a.',
    ];
    const start = performance.now();
    for (const piece of pieces) {
      scrub(`${piece.repeat(20_000)} `);
      scrub(`@ = ${piece.repeat(20_000)}`);
      scrub(`${piece} `.repeat(20_000));
    }
    // About 50 ms in all; a quadratic rule would take seconds.
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
