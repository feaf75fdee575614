import { describe, expect, it } from 'vitest';
import type { CollectedLines } from './destination.ts';
import { collectLines } from './destination.ts';
import { textOf } from './line.ts';
import type { LoggerOptions } from './logger.ts';
import { createLogger } from './logger.ts';
import type { Line, Logger } from './logger-port.ts';

const setUp = (options: Partial<LoggerOptions> = {}): { log: Logger; out: CollectedLines } => {
  const out = collectLines();
  const log = createLogger({
    level: 'debug',
    service: 'users',
    classified: new Map([['email', 'pii']]),
    destination: out,
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    ...options,
  });
  return { log, out };
};

describe('a line', () => {
  it('holds time, level, service, event and the fields', () => {
    const { log, out } = setUp({ base: { version: '1.2.3' } });
    log.info('user-created', { userId: 'u1', email: 'alice@mail.example.com' });
    expect(out.lines).toEqual([
      '{"level":"info","time":"2026-01-02T03:04:05.006Z","service":"users","event":"user-created","version":"1.2.3","userId":"u1","email":"[pii]"}\n',
    ]);
  });

  it('names its level by a word, and lines below the level are not made', () => {
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

  it('lets no field stand for the level, the time, the service or the event', () => {
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
    log.info('odd', { method: 'GET', headers: { cookie: 'x' }, socket: {}, setHeader: () => 1 });
    expect(out.records()[0]).toMatchObject({
      event: 'odd',
      method: 'GET',
      headers: { cookie: '[secret]' },
      socket: {},
    });
  });

  it('is one line, whatever line ends and control characters are in it', () => {
    const { log, out } = setUp();
    const text = 'a\r\n{"level":"fatal"}\u2028b\u2029c\u0085d\u001b[31me\u009bf\ud800g\u202eh\ufeff';
    log.info(`event${text}` as Lowercase<string>, { text, [text]: text, err: new Error(text) });
    log.request({ method: 'GET', route: text, status: 200, durationMs: 1, requestId: text, actorId: text });
    // Control, format and separator characters and lone surrogates; the one line feed ends the line.
    const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
    for (const line of out.lines) {
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line.slice(0, -1)).not.toMatch(unsafe);
    }
    expect(out.records().map(({ level }) => level)).toEqual(['info', 'info']);
    expect(out.records()[0]?.['text']).toBe(text.toWellFormed());
  });

  it('takes events that are written in lower case', () => {
    const { log, out } = setUp();
    // @ts-expect-error -- an event is a kebab-case name
    log.info('User created');
    expect(out.lines).toHaveLength(1);
  });
});

describe('child', () => {
  it('puts its fields on all its lines, redacted, and the fields of a line win', () => {
    const { log, out } = setUp();
    const child = log.child({ requestId: 'r1', tenantId: 't1', email: 'x' }).child({ actorId: 'a1' });
    child.info('one');
    child.info('two', { tenantId: 't2' });
    log.info('three');
    const ids = { requestId: 'r1', actorId: 'a1', email: '[pii]' };
    expect(out.records()).toMatchObject([{ ...ids, tenantId: 't1' }, { ...ids, tenantId: 't2' }, { event: 'three' }]);
    expect(out.lines[1]?.match(/tenantId/g)).toHaveLength(1);
    expect(out.lines[2]).not.toContain('requestId');
  });
});

describe('request', () => {
  const line = { method: 'GET', route: '/v1/users/:id', status: 200, durationMs: 1.23456 };

  it('writes the same shape as any other line', () => {
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

  it('tells when its request ended, however late it is made', () => {
    const held: Line[] = [];
    let ms = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
    const { log } = setUp({ destination: { write: (made) => held.push(made) }, now: () => ms });
    log.request(line);
    ms += 1000;
    expect(held.map(textOf)).toEqual([expect.stringContaining('"time":"2026-01-02T03:04:05.006Z"')]);
  });

  it('is an error from status 500 on, and follows the level', () => {
    const { log, out } = setUp({ level: 'error' });
    log.request(line);
    log.request({ ...line, status: 503 });
    expect(out.records()).toMatchObject([{ level: 'error', status: 503 }]);
  });

  it('stays valid and clean with ids and numbers that it should never get', () => {
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
      status: 0,
      durationMs: 0,
      requestId: '","level":"fatal',
      traceId: '[secret]',
      actorId: '[pii]',
    });
    expect(out.records()[0]).not.toHaveProperty('tenantId');
  });

  it('keeps no more routes than contracts have, and still writes the others', () => {
    const { log, out } = setUp();
    for (let index = 0; index < 2100; index += 1) log.request({ ...line, route: `/v1/x/${index}` });
    log.request({ ...line, route: '/v1/x/2099' });
    expect(out.records().at(-1)).toMatchObject({ route: '/v1/x/2099' });
  });
});

describe('flush', () => {
  it('reaches the destination when asked and after a fatal line', () => {
    const done: string[] = [];
    const destination = {
      write: (line: string) => done.push(line.slice(10, 15)),
      flush: () => void done.push('flush'),
    };
    const { log } = setUp({ destination });
    log.fatal('broken');
    log.flush();
    expect(done).toEqual(['fatal', 'flush', 'flush']);
    setUp({ destination: { write: () => true } }).log.flush();
  });

  it('is not needed on standard output, the default', () => {
    expect(() =>
      createLogger({ level: 'fatal', service: 'users', classified: new Map() }).info('unseen'),
    ).not.toThrow();
  });
});
