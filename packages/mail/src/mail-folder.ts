import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail } from '@plinth/data-kit';
import { z } from 'zod';
import { assertMessage, toMailId } from './message.ts';

const StoredMail = z.object({
  id: z.string(),
  sentAt: z.iso.datetime(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});

/** A message that development keeps. */
export type StoredMail = Readonly<z.infer<typeof StoredMail>>;

const messagesMax = 100;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const listFiles = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const readStored = async (file: string): Promise<StoredMail | undefined> => {
  try {
    return StoredMail.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // A worker has removed the message meanwhile, because newer ones came.
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Returns the messages that are kept in a folder, the newest first: none when there is no folder. */
export const readMailFolder = async (folder: string): Promise<StoredMail[]> => {
  const files = await listFiles(folder);
  const stored = await Promise.all(files.map((name) => readStored(join(folder, name))));
  return stored
    .filter((message) => message !== undefined)
    .sort((left, right) => right.sentAt.localeCompare(left.sentAt) || left.id.localeCompare(right.id));
};

export type MailFolderOptions = { readonly folder: string; readonly from: string };

/**
 * Creates mail for development, which sends nothing. It keeps the last 100 messages as files that their owner alone can read, so that
 * another process shows them. A message that is sent again replaces the first one.
 */
export const createMailFolder = ({ folder, from }: MailFolderOptions): Mail => ({
  send: async (message) => {
    assertMessage(message);
    const { to, subject, text, html, key } = message;
    const stored: StoredMail = {
      id: toMailId(key),
      sentAt: new Date().toISOString(),
      from,
      to,
      subject,
      text,
      html,
    };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${stored.id}.json`);
    // Renamed, so that a reader never sees a half of it.
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify(stored, undefined, 2), { mode: 0o600 });
    await rename(unfinished, file);
    const old = (await readMailFolder(folder)).slice(messagesMax);
    await Promise.all(old.map(({ id }) => rm(join(folder, `${id}.json`), { force: true })));
  },
});
