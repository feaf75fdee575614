import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.ts';
import { type CollectedLines, collectLines } from './output/collect-lines.ts';
import type { Logger } from './types.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 2, 3, 4, 5, 6) }));
afterEach(() => void vi.useRealTimers());

const setUp = (options: Partial<LoggerOptions> = {}): { log: Logger; out: CollectedLines } => {
  const out = collectLines();
  const log = createLogger({
    level: 'debug',
    service: 'users',
    classified: new Map([['email', 'pii']]),
    destination: out,
    ...options,
  });
  return { log, out };
};

describe('a line', () => {
  it('contains time, level, service, event and fields', () => {
    const { log, out } = setUp();
    log.info('user-created', { userId: 'u1', email: 'alice@mail.example.com' });
    expect(out.lines).toEqual([
      '{"level":"info","time":"2026-01-02T03:04:05.006Z","service":"users","event":"user-created","userId":"u1","email":"[pii]"}\n',
    ]);
  });

  it('names its level by a word, and writes no line below the level', () => {
    const { log, out } = setUp({ level: 'warn' });
    const trap = {
      get field(): never {
        throw new Error('must not be read');
      },
    };
    log.debug('a', trap);
    log.info('b', trap);
    log.warn('c');
    log.error('d', { err: new Error('broken') });
    log.fatal('e');
    expect(out.records().map(({ level, event }) => [level, event])).toEqual([
      ['warn', 'c'],
      ['error', 'd'],
      ['fatal', 'e'],
    ]);
  });

  it('shows the error once, under err', () => {
    const { log, out } = setUp();
    log.error('request-failed', { err: new Error('broken') });
    const [record] = out.records();
    expect(Object.keys(record ?? {})).toEqual(['level', 'time', 'service', 'event', 'err']);
    expect(Object.keys(record?.['err'] as object)).toEqual(['type', 'message', 'stack']);
  });

  it('lets no field replace the level, the time, the service or the event', () => {
    const { log, out } = setUp();
    log.info('real', { level: 'fatal', time: 0, service: 'other', event: 'forged' });
    expect(out.records()).toEqual([
      {
        level: 'info',
        time: '2026-01-02T03:04:05.006Z',
        service: 'users',
        event: 'real',
        'fields.level': 'fatal',
        'fields.time': 0,
        'fields.service': 'other',
        'fields.event': 'forged',
      },
    ]);
  });

  it('keeps its shape when its fields look like an HTTP request or response', () => {
    const { log, out } = setUp();
    log.info('received', { method: 'GET', headers: { cookie: 'x' }, socket: {}, setHeader: () => 1 });
    expect(out.records()[0]).toMatchObject({
      event: 'received',
      method: 'GET',
      headers: { cookie: '[secret]' },
      socket: {},
    });
  });

  it('is one line, whatever line ends and control characters it contains', () => {
    const { log, out } = setUp();
    const text = 'a\r\n{"level":"fatal"}\u2028b\u2029c\u0085d\u001b[31me\u009bf\ud800g\u202eh\ufeff';
    log.info(`event${text}` as Lowercase<string>, { text, [text]: text, err: new Error(text) });
    log.request({ method: 'GET', route: text, status: 200, durationMs: 1, requestId: text, actorId: text });
    // Control, format and separator characters and lone surrogates, except the line feed at the end.
    const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
    for (const line of out.lines) {
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line.slice(0, -1)).not.toMatch(unsafe);
    }
    expect(out.records().map(({ level }) => level)).toEqual(['info', 'info']);
    expect(out.records()[0]?.['text']).toBe(text.toWellFormed());
  });

  it('has an event in lower case', () => {
    const { log, out } = setUp();
    // @ts-expect-error -- an event is a kebab-case name
    log.info('User created');
    expect(out.lines).toHaveLength(1);
  });
});

describe('request', () => {
  const line = { method: 'GET', route: '/v1/users/:id', status: 200, durationMs: 1.23456 };

  it('writes a line like any other', () => {
    const { log, out } = setUp();
    const ids = { requestId: 'r-1', traceId: 'abc', tenantId: 't1', actorId: 'u1' };
    log.request({ ...line, ...ids });
    log.request(line);
    log.info('request-served', { ...line, durationMs: 1.235, ...ids });
    expect(out.lines[0]).toBe(out.lines[2]);
    expect(out.records()[1]).toEqual({
      level: 'info',
      time: '2026-01-02T03:04:05.006Z',
      service: 'users',
      event: 'request-served',
      ...line,
      durationMs: 1.235,
    });
  });

  it('is an error from status 500 on, and follows the level', () => {
    const { log, out } = setUp({ level: 'error' });
    log.request(line);
    log.request({ ...line, status: 503 });
    expect(out.records()).toMatchObject([{ level: 'error', status: 503 }]);
  });

  it('writes a valid line without secrets whatever the ids and numbers are', () => {
    const { log, out } = setUp();
    const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJNQVJLRVIifQ.c2ln';
    log.request({
      ...line,
      status: Number.NaN,
      durationMs: Number.POSITIVE_INFINITY,
      requestId: '","level":"fatal',
      traceId: jwt,
      tenantId: '',
      actorId: 'alice@mail.example.com',
    });
    expect(out.records()[0]).toMatchObject({
      level: 'info',
      status: null,
      durationMs: null,
      requestId: '","level":"fatal',
      traceId: '[secret]',
      actorId: '[pii]',
    });
    expect(out.records()[0]).not.toHaveProperty('tenantId');
  });
});

describe('security', () => {
  it('writes a line of the security stream at every level of the logger, redacted like any other', () => {
    const { log, out } = setUp({ level: 'fatal' });
    log.security('sign-in-failed', { reason: 'expired', email: 'alice@mail.example.com', token: 'x' });
    expect(out.lines).toEqual([
      '{"level":"info","time":"2026-01-02T03:04:05.006Z","service":"users","stream":"security","event":"sign-in-failed","reason":"expired","email":"[pii]","token":"[secret]"}\n',
    ]);
  });

  it('is a stream that no field of another line can claim or leave', () => {
    const { log, out } = setUp();
    log.info('forged', { stream: 'security' });
    log.security('real', { stream: 'other' });
    expect(out.records()).toMatchObject([
      { 'fields.stream': 'security' },
      { stream: 'security', 'fields.stream': 'other' },
    ]);
    expect(out.records()[0]).not.toHaveProperty('stream');
  });
});

describe('flush', () => {
  it('reaches the destination, even after a fatal line', () => {
    const calls: string[] = [];
    const destination = {
      write: (line: string) => void calls.push(line.slice(10, 15)),
      flush: () => void calls.push('flush'),
    };
    const { log } = setUp({ destination });
    log.fatal('broken');
    log.flush();
    expect(calls).toEqual(['fatal', 'flush', 'flush']);
    setUp({ destination: { write: () => undefined } }).log.flush();
  });
});
