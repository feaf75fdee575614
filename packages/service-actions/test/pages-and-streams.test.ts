import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, items, ProblemError, unwrap } from '../src/core/index.ts';
import { exportUsers, getMe, listUsers } from '../src/users/index.ts';
import { json, openFlakyServer, problem, type Step } from './flaky-server.ts';

let server: Awaited<ReturnType<typeof openFlakyServer>>;
beforeAll(async () => {
  server = await openFlakyServer();
});
afterAll(() => server.close());

const open = () => createApi({ baseUrl: server.baseUrl, retries: 0 });

const collect = async <T>(iterable: AsyncIterable<T>): Promise<T[]> => {
  const collected: T[] = [];
  for await (const item of iterable) collected.push(item);
  return collected;
};

describe('items', () => {
  it('reads all pages with the same query', async () => {
    const received = server.play(
      json(200, { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c1' }),
      json(200, { items: [], nextCursor: 'c2' }),
      json(200, { items: [{ id: 'c' }], nextCursor: null }),
    );
    const users = await collect(items(listUsers, open(), { query: { role: 'member', limit: 2 } }));
    expect(users.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(received.map(({ url }) => url)).toEqual([
      '/v1/users?role=member&limit=2',
      '/v1/users?role=member&limit=2&cursor=c1',
      '/v1/users?role=member&limit=2&cursor=c2',
    ]);
  });

  it('reads a page only when its first item is needed', async () => {
    const received = server.play(json(200, { items: [{ id: 'a' }], nextCursor: 'c1' }));
    for await (const user of items(listUsers, open())) {
      expect(user.id).toBe('a');
      break;
    }
    expect(received).toHaveLength(1);
  });

  it('throws the problem of a page', async () => {
    server.play(json(200, { items: [{ id: 'a' }], nextCursor: 'c1' }), problem(400, 'invalid-cursor'));
    await expect(collect(items(listUsers, open()))).rejects.toMatchObject({
      name: 'ProblemError',
      problem: { code: 'invalid-cursor', status: 400 },
    });
  });
});

describe('unwrap', () => {
  it('returns the data of a call', async () => {
    server.play(json(200, { id: 'a' }));
    expect((await unwrap(getMe(open()))).id).toBe('a');
  });

  it('throws its problem, with the title as message', async () => {
    server.play(problem(404, 'not-found'));
    const error = await unwrap(getMe(open())).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ message: 'not-found', problem: { status: 404 } });
  });
});

describe('a stream', () => {
  const lines =
    (...chunks: readonly string[]): Step =>
    async (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const chunk of chunks) {
        response.write(chunk);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      response.end();
    };

  it('has its items one by one, wherever the chunks end', async () => {
    server.play(lines('{"id":"a"}\n{"i', 'd":"b"}\n', '{"id":"c"}'));
    expect(await collect(await unwrap(exportUsers(open())))).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  });

  it('may last longer than a call', async () => {
    server.play(lines(...Array.from({ length: 20 }, (_, index) => `{"id":"${index}"}\n`)));
    const api = createApi({ baseUrl: server.baseUrl, timeoutMs: 50, tryTimeoutMs: 50 });
    expect(await collect(await unwrap(exportUsers(api)))).toHaveLength(20);
  });

  it('integrity: throws when the connection ends before the response, so that no part passes for the whole', async () => {
    server.play((response) => {
      response.writeHead(200);
      response.write('{"id":"a"}\n', () => setTimeout(() => response.destroy(), 10));
    });
    const stream = await unwrap(exportUsers(open()));
    await expect(collect(stream)).rejects.toMatchObject({ problem: { code: 'connection-failed' } });
  });

  it('ends when its signal is aborted', async () => {
    server.play((response) => void response.writeHead(200).write('{"id":"a"}\n'));
    const controller = new AbortController();
    const stream = await unwrap(exportUsers(open(), {}, { signal: controller.signal }));
    const read = (async () => {
      for await (const { id } of stream) if (id === 'a') controller.abort();
    })();
    await expect(read).rejects.toMatchObject({ problem: { code: 'aborted' } });
  });

  it('ends the response when its reader stops', async () => {
    const ended = new Promise((resolve) => {
      server.play((response) => {
        response.on('close', resolve);
        response.writeHead(200).write('{"id":"a"}\n{"id":"b"}\n');
      });
    });
    for await (const _ of await unwrap(exportUsers(open()))) break;
    await ended;
  });
});
