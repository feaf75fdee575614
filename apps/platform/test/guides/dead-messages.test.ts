import { readFileSync } from 'node:fs';
import { toMessageId, toScheduledMessage } from '@plinth/data-kit';
import { expect, it, onTestFinished } from 'vitest';
import { consumer, createMessage, type Messages, openMessages } from '../jobs-command.ts';
import { readCommands, toPattern } from './http-page.ts';

const readGuide = (name: string): string =>
  readFileSync(new URL(`../../../../docs/guides/${name}`, import.meta.url), 'utf8');

const toId = (last: number): string => `0199b1c4-8a00-7000-8000-00000000000${last}`;

/** Runs the commands of a guide, and compares their outputs with those that it shows. */
const check = async (name: string, run: Messages['run']): Promise<void> => {
  for (const { command, shown } of readCommands(readGuide(name))) {
    const [, args = ''] = /^npm run jobs -- (.+)\n$/.exec(command) ?? [];
    const { code, stdout, stderr } = await run(...args.split(' '));
    expect({ code, stderr }, command).toEqual({ code: 0, stderr: '' });
    // The comparison of the texts shows the difference.
    if (!toPattern(shown).test(stdout)) expect(stdout, command).toBe(shown);
  }
};

it('the guide of dead messages shows what its commands print', async () => {
  const { close, getInbox, kill, run } = await openMessages();
  onTestFinished(close);
  for (const last of [1, 2, 3]) {
    const { event, ...message } = createMessage({ _id: toMessageId(consumer, toId(last)), tenantId: toId(9) });
    const stored = { ...event, id: toId(last), aggregateId: toId(8), actor: { kind: 'user', id: toId(7) } };
    const endedAt = new Date(Date.UTC(2026, 10, 30, 9, 10 - last));
    await kill(
      getInbox('orders'),
      { ...message, event: { ...stored, payload: { userId: toId(8) } } },
      { endedAt, attemptsMax: 10 },
    );
  }
  await check('dead-messages.md', run);
});

it('the guide to jobs shows what its commands print', async () => {
  const { close, getInbox, run } = await openMessages();
  onTestFinished(close);
  const plannedAt = new Date('2026-11-30T02:17:00.000Z');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const scheduled = { source: 'orders', tenantId: toId(9), plannedAt, id: toId(1), traceId };
  await getInbox('orders').receive([toScheduledMessage('cancel-unpaid-orders', scheduled)]);
  await check('jobs.md', run);
});
