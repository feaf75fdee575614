import type { Inbox } from '@plinth/data-kit';
import { nodeCommand, startChild } from '@plinth/testing/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { consumer, createMessage, type Messages, openMessages } from './jobs-command.ts';

const moduleNames = modules.map(({ name }) => name).join(', ');

let messages: Messages;
let inbox: Inbox;

beforeEach(async () => {
  messages = await openMessages();
  inbox = messages.getInbox('orders');
});
afterEach(() => messages.close());

const succeed = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await messages.run(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

const fail = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await messages.run(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr;
};

const addDead = async (second: number, message: Parameters<typeof createMessage>[0] = {}): Promise<string> => {
  const created = createMessage(message);
  await messages.kill(inbox, created, { endedAt: new Date(Date.UTC(2026, 10, 30, 9, 0, second)) });
  return created._id;
};

const getStates = (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await inbox.get(id))?.state));

describe('npm run jobs', () => {
  it('is a process that prints the result or the error of a command, and exits with its code', async () => {
    const runProcess = async (...args: readonly string[]) => {
      const script = new URL('../src/jobs.ts', import.meta.url);
      const { exited, output } = startChild(nodeCommand(script, ...args), { env: messages.env });
      const [code] = await exited;
      return { code, stdout: output.stdout, stderr: output.stderr };
    };
    const [list, unknown] = await Promise.all([runProcess('list'), runProcess('show', 'none')]);
    expect(list).toEqual(await messages.run('list'));
    expect(unknown).toEqual(await messages.run('show', 'none'));
    expect([list.code, unknown.code]).toEqual([0, 1]);
  });

  it('list shows the backlog of each consumer, even of one that no longer exists', async () => {
    await addDead(1);
    await inbox.receive([createMessage()]);
    await addDead(2, { consumer: 'former', _id: 'former/1' });
    const lines = (await succeed('list', '--module', 'orders')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^module +name +ready +dead +oldest ready +paused for$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['orders', consumer, '1', '1', expect.stringMatching(/^\d+ s$/), '-'],
        ['orders', 'former', '0', '1', '-', '-'],
        ['orders', 'erase-ended-orders', '0', '0', '-', '-'],
      ]),
    );
    expect(await succeed('list')).toContain('start-customer-erasure');
  });

  it('dead shows the newest dead messages first, those of one consumer, and whether there are more', async () => {
    expect(await succeed('dead')).toBe('No dead messages.\n');
    const older = await addDead(1);
    const newer = await addDead(2);
    const other = await addDead(3, { consumer: 'erase-ended-orders', _id: 'erase-ended-orders/1' });
    await inbox.receive([createMessage()]);
    const listIds = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]);
    expect(listIds(await succeed('dead'))).toEqual([other, newer, older]);
    expect(listIds(await succeed('dead', '--name', consumer))).toEqual([newer, older]);
    expect(await succeed('dead', '--module', 'users')).toBe('No dead messages.\n');
    const [headers, row, ...rest] = (await succeed('dead', '--limit', '1')).trimEnd().split('\n');
    expect(headers).toMatch(/^id +module +tenant +event +attempts +dead since +last failure$/);
    expect(row?.split(/ {2,}/)).toEqual([
      other,
      'orders',
      (await inbox.get(other))?.tenantId,
      'users.user-erased',
      '1',
      '2026-11-30T09:00:03.000Z',
      'TypeError: The order has no customer.',
    ]);
    expect(rest).toEqual(['There are more: --limit 1 is reached.']);
  });

  it('shows a failure on one line, without characters that control a terminal', async () => {
    const message = createMessage();
    const event = { ...message.event, payload: { name: 'a\u009B31m\u202Eb' } };
    await inbox.receive([{ ...message, event }]);
    const failure = `Error: one\n\u001B[31mtwo\u001B[0m\u0007 ${'x'.repeat(100)}`;
    await inbox.recordFailure(message._id, { at: new Date(0), message: failure, attemptsMax: 1 });
    expect(await succeed('dead')).toMatch(/ {2}Error: one two x+…\n$/);
    expect(await succeed('show', message._id)).toMatch(/\n {2}1970-01-01T00:00:00\.000Z {2}Error: one two x{100}\n$/);
    expect(await succeed('show', message._id)).toContain(String.raw`{"name":"a\u009b31m\u202eb"}`);
  });

  it('retry makes the named messages ready again, and no other', async () => {
    const [one, two, other] = [await addDead(1), await addDead(2), await addDead(3)];
    expect(await succeed('retry', one, two, one)).toBe('Made 2 messages ready again.\n');
    expect(await getStates([one, two, other])).toEqual(['ready', 'ready', 'dead']);
  });

  it('drop ends the named messages without effect, and no other', async () => {
    const [one, other] = [await addDead(1), await addDead(2)];
    expect(await succeed('drop', one)).toBe('Dropped 1 message.\n');
    expect(await getStates([one, other])).toEqual(['done', 'dead']);
  });

  it('retry --all and drop --all change every dead message, or those of one consumer', async () => {
    const own = [await addDead(1), await addDead(2)];
    const other = await addDead(3, { consumer: 'former', _id: 'former/1' });
    expect(await succeed('retry', '--all', '--name', consumer)).toBe('Made 2 messages ready again.\n');
    expect(await getStates([...own, other])).toEqual(['ready', 'ready', 'dead']);
    expect(await fail('drop', '--all')).toBe('This ends 1 message without effect: add --yes if you mean it.\n');
    expect(await getStates([other])).toEqual(['dead']);
    expect(await succeed('drop', '--all', '--yes')).toBe('Dropped 1 message.\n');
    expect(await getStates([...own, other])).toEqual(['ready', 'ready', 'done']);
    expect(await succeed('retry', '--all')).toBe('Made 0 messages ready again.\n');
  });

  it.each(['retry', 'drop'])(
    '%s refuses an unknown message and one that is not dead, and changes nothing',
    async (name) => {
      const dead = await addDead(1);
      const ready = createMessage();
      await inbox.receive([ready]);
      expect(await fail(name, dead, 'none')).toBe(`There is no message 'none' in ${moduleNames}.\n`);
      expect(await fail(name, dead, ready._id)).toBe(`The message '${ready._id}' is not dead: its state is ready.\n`);
      expect(await fail(name, dead, '--module', 'users')).toBe(`There is no message '${dead}' in users.\n`);
      expect(await getStates([dead, ready._id])).toEqual(['dead', 'ready']);
    },
  );

  it('asks for the module of an id that two modules have', async () => {
    const message = createMessage();
    for (const name of ['users', 'orders']) {
      await messages.kill(messages.getInbox(name), message, { endedAt: new Date(0) });
    }
    const sentence = `The message '${message._id}' is in users and orders: choose one with --module.\n`;
    expect(await fail('retry', message._id)).toBe(sentence);
    expect(await succeed('retry', message._id, '--module', 'orders')).toBe('Made 1 message ready again.\n');
    expect((await messages.getInbox('users').get(message._id))?.state).toBe('dead');
  });

  it.each([[['dead']], [['retry', '--all']], [['drop', '--all']], [['drop', '--all', '--yes']]])(
    'names the consumers when %j has an unknown one',
    async (args) => {
      expect(await fail(...args, '--module', 'orders', '--name', 'lamp')).toMatch(
        /^--name is one of .*start-customer-erasure.*; 'lamp' is not\.\n$/,
      );
    },
  );

  it('pause and resume change the named consumers, and list shows which are paused', async () => {
    const listPaused = async () => (await messages.getPauses('orders').list()).map((pause) => pause.consumer);
    expect(await succeed('pause', consumer, 'erase-ended-orders')).toBe(
      `Paused orders.${consumer}.\nPaused orders.erase-ended-orders.\n`,
    );
    expect(await succeed('pause', consumer)).toBe(`orders.${consumer} is paused already.\n`);
    expect(await succeed('list', '--module', 'orders')).toMatch(/start-customer-erasure +0 +0 +- +\d+ s\n/);
    expect(await succeed('resume', 'erase-ended-orders')).toBe('Resumed orders.erase-ended-orders.\n');
    expect(await succeed('resume', 'erase-ended-orders')).toBe('orders.erase-ended-orders is not paused.\n');
    expect(await listPaused()).toEqual([consumer]);
    expect(await fail('resume', consumer, 'lamp')).toMatch(
      /^There is no consumer 'lamp' in users, .*\. Use one of .*start-customer-erasure.*\.\n$/,
    );
    expect(await fail('pause', 'erase-ended-orders', '--module', 'users')).toContain('in users.');
    expect(await listPaused()).toEqual([consumer]);
    await messages.getPauses('users').pause(consumer);
    expect(await fail('resume', consumer)).toBe(
      `The consumer '${consumer}' is in users and orders: choose one with --module.\n`,
    );
    expect(await succeed('resume', consumer, '--module', 'orders')).toBe(`Resumed orders.${consumer}.\n`);
  });

  it.each([
    [['fly'], "There is no command 'fly'."],
    [[], "There is no command ''."],
    [['list', 'x'], "'list' accepts no argument."],
    [['list', '--all'], "'list' does not accept --all."],
    [['dead', '--limit', '0'], "--limit is a number from 1 to 1000; '0' is not."],
    [['dead', '--limit', 'many'], "--limit is a number from 1 to 1000; 'many' is not."],
    [['dead', '--module', 'nothing'], `--module is one of ${moduleNames}; 'nothing' is not.`],
    [['show'], "'show' needs the id of one message."],
    [['show', 'a', 'b'], "'show' needs the id of one message."],
    [['retry'], "'retry' needs either the ids of messages or --all."],
    [['drop', 'x', '--all'], "'drop' needs either the ids of messages or --all."],
    [['retry', 'x', '--name', 'y'], "'retry' accepts --name only with --all."],
    [['pause'], "'pause' needs the name of a consumer."],
    [['resume', '--all'], "'resume' does not accept --all."],
    [['retry', '--all', '--yes'], "'retry' does not accept --yes."],
    [['list', '--loud'], "Unknown option '--loud'"],
  ])('rejects %j in one sentence and prints the usage', async (args, message) => {
    const [sentence, ...rest] = (await fail(...args)).trimEnd().split('\n');
    expect(sentence).toContain(message);
    expect(rest.join('\n')).toMatch(/^Usage: npm run jobs -- list\|dead\|show\|retry\|drop\|pause\|resume /);
  });
});
