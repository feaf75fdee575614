import { readFileSync } from 'node:fs';
import { toMessageId } from '@plinth/data-kit';
import { expect, it, onTestFinished } from 'vitest';
import { consumer, createMessage, openMessages } from '../jobs-command.ts';
import { readCommands, toPattern } from './http-page.ts';

const guide = readFileSync(new URL('../../../../docs/guides/dead-messages.md', import.meta.url), 'utf8');

const toId = (last: number): string => `0199b1c4-8a00-7000-8000-00000000000${last}`;

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
  for (const { command, shown } of readCommands(guide)) {
    const [, args = ''] = /^npm run jobs -- (.+)\n$/.exec(command) ?? [];
    const { code, stdout, stderr } = await run(...args.split(' '));
    expect({ code, stderr }, command).toEqual({ code: 0, stderr: '' });
    // The comparison of the texts shows the difference.
    if (!toPattern(shown).test(stdout)) expect(stdout, command).toBe(shown);
  }
});
