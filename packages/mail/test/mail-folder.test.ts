import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toMailContent } from '@plinth/data-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMailFolder, readMailFolder } from '../src/index.ts';

const from = 'Plinth <no-reply@plinth.localhost>';
const toMessage = (key: string, subject = key) => ({
  ...toMailContent({ subject, paragraphs: ['Hello.'] }),
  to: 'anna@example.com',
  key,
});

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plinth-mail-'));
  folder = join(parent, 'mail');
});
afterEach(() => rm(parent, { recursive: true }));

describe('the folder of mail', () => {
  it('keeps messages, and shows them to another process, the newest first', async () => {
    const mail = createMailFolder({ folder, from });
    await mail.send(toMessage('first'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await mail.send(toMessage('second'));
    const messages = await readMailFolder(folder);
    expect(messages.map(({ subject }) => subject)).toEqual(['second', 'first']);
    expect(messages[0]).toMatchObject({ from, to: 'anna@example.com', text: 'Hello.\n' });
    expect(messages[0]!.html).toContain('<p>Hello.</p>');
  });

  it('keeps one message of a key', async () => {
    const mail = createMailFolder({ folder, from });
    await mail.send(toMessage('key', 'one'));
    await mail.send(toMessage('key', 'two'));
    expect((await readMailFolder(folder)).map(({ subject }) => subject)).toEqual(['two']);
  });

  it('race: keeps at most 100 of the messages that are sent at the same time', async () => {
    const mail = createMailFolder({ folder, from });
    await Promise.all(Array.from({ length: 120 }, (_, index) => mail.send(toMessage(`key-${index}`))));
    await mail.send(toMessage('last'));
    const messages = await readMailFolder(folder);
    expect(messages).toHaveLength(100);
    expect(messages.some(({ subject }) => subject === 'last')).toBe(true);
    expect((await readdir(folder)).every((name) => name.endsWith('.json'))).toBe(true);
  });

  it('can be read by its owner alone', async () => {
    await createMailFolder({ folder, from }).send(toMessage('key'));
    const [file] = await readdir(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, file!))).mode & 0o777).toBe(0o600);
  });

  it('boundary: refuses what a mail server would get never, and keeps nothing of it', async () => {
    const mail = createMailFolder({ folder, from });
    await expect(mail.send({ ...toMessage('key'), subject: 'a\nb' })).rejects.toThrow(/not valid: subject/);
    expect(await readMailFolder(folder)).toEqual([]);
  });

  it.each(['a&b@example.com', 'anna@example.xn--p1ai', "o'hara+x@example.com"])('boundary: sends to %s', async (to) => {
    await createMailFolder({ folder, from }).send({ ...toMessage('key'), to });
    expect(await readMailFolder(folder)).toMatchObject([{ to }]);
  });

  it.each([
    'anna@example.com, bob@example.com',
    'Anna <anna@example.com>',
    'anna@example.com\nBcc: bob@example.com',
    'anna',
  ])('integrity: refuses the recipient %j', async (to) => {
    await expect(createMailFolder({ folder, from }).send({ ...toMessage('key'), to })).rejects.toThrow(/not valid: to/);
  });

  it('fails for a path that is no folder', async () => {
    await expect(readMailFolder('/dev/null')).rejects.toThrow(/ENOTDIR/);
  });
});
