import { describe, expect, it } from 'vitest';
import { createBook } from './book.ts';
import type { Connection } from './connection.ts';
import { createExchange } from './exchange.ts';
import type { Asked } from './workloads.ts';

const url = 'http://127.0.0.1:3000';

/** A connection that gives one answer after the other and keeps what it was sent. */
const answering = (answers: readonly { status: number; body: string }[]) => {
  const sent: string[] = [];
  const connection: Connection = {
    send: async (request) => {
      sent.push(request);
      const { status, body } = answers[sent.length - 1] ?? { status: 500, body: '' };
      return { status, body: Buffer.from(body) };
    },
    close: () => undefined,
  };
  return { sent, connection };
};

const right = { status: 201, body: '{"ok":true}' };
const askedOf = (part: Partial<Asked> = {}): Asked => ({
  method: 'POST',
  path: '/v1/users',
  status: 201,
  isRight: ({ ok }) => ok === true,
  ...part,
});

describe('an exchange', () => {
  it('sends method, path, the headers of all and of its own, and the body with its length', async () => {
    const { sent, connection } = answering([right]);
    const workload = () => askedOf({ headers: { 'if-match': '"1"' }, body: '{"name":"Ünal"}' });
    await createExchange({ url, headers: { authorization: 'a' }, workload, book: createBook() })(connection, 0);
    expect(sent).toEqual([
      'POST /v1/users HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nauthorization: a\r\nif-match: "1"\r\ncontent-length: 16\r\n\r\n{"name":"Ünal"}',
    ]);
  });

  it('enters when the request was due, and settles it', async () => {
    let settled = 0;
    const workload = () => askedOf({ settle: () => void (settled += 1) });
    const book = createBook();
    await createExchange({ url, headers: {}, workload, book })(answering([right]).connection, -1000);
    const { latenciesMs } = book.accountOf({ fromMs: -1000, toMs: 0 });
    expect(latenciesMs).toHaveLength(1);
    expect(latenciesMs[0]).toBeGreaterThan(1000);
    expect(settled).toBe(1);
  });

  it.each([
    ['another status', { status: 503, body: '{"code":"unavailable"}' }],
    ['another body', { status: 201, body: '{"ok":false}' }],
    ['no JSON', { status: 201, body: '<html>' }],
  ])('fails on %s, says what it was and settles nothing', async (_, wrong) => {
    let settled = 0;
    const workload = () => askedOf({ settle: () => void (settled += 1) });
    const exchange = createExchange({ url, headers: {}, workload, book: createBook() });
    await expect(exchange(answering([wrong]).connection, 0)).rejects.toThrow(wrong.body);
    expect(settled).toBe(0);
  });

  it('looks at the status of each answer, and at some bodies of the later ones', async () => {
    const wrong = { status: 201, body: '{"ok":false}' };
    const { connection } = answering([right, ...Array.from({ length: 40 }, () => wrong)]);
    const exchange = createExchange({ url, headers: {}, workload: () => askedOf(), book: createBook() });
    const all = async () => {
      for (let asked = 0; asked < 40; asked += 1) await exchange(connection, 0);
    };
    await expect(all()).rejects.toThrow('not as expected');
  });
});
