import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { startTestDatabase } from '@plinth/dev-databases';
import { openTestDatastore } from '@plinth/mongo/testing';
import { createCertificates, openTlsProxy } from '@plinth/testing';

type Command = Readonly<Record<string, unknown>>;

/** Runs the text that `npm run db -- roles` prints as mongosh does. @returns the commands that it sends to the database admin. */
const readCommands = (script: string, { exists, password }: { exists: boolean; password: string }): Command[] => {
  const commands: Command[] = [];
  const found = exists ? {} : null;
  const send =
    (name: string) =>
    (role: string, options: Command): void =>
      void commands.push({ [name]: role, ...options });
  const admin = {
    getRole: () => found,
    getUser: () => found,
    createRole: ({ role, ...options }: { role: string }) => send('createRole')(role, options),
    updateRole: send('updateRole'),
    createUser: ({ user, ...options }: { user: string }) => send('createUser')(user, options),
  };
  const shell = { db: { getSiblingDB: () => admin }, passwordPrompt: () => password, print: () => undefined };
  runInNewContext(script, shell);
  return commands;
};

/** Starts a mongod and a Redis that require a password, each behind TLS with client certificates. */
export const startSecuredDatabases = async (folder: string) => {
  const password = randomBytes(12).toString('hex');
  const keyFile = join(folder, 'key-file');
  await writeFile(keyFile, randomBytes(96).toString('base64'), { mode: 0o600 });
  const [certificates, mongod, redis] = await Promise.all([
    createCertificates(),
    startTestDatabase('mongod', { args: ['--keyFile', keyFile] }),
    startTestDatabase('redis', { args: ['--requirepass', password] }),
  ]);
  const [mongodProxy, redisProxy] = await Promise.all(
    [mongod, redis].map(({ uri }) => openTlsProxy(new URL(uri), certificates)),
  );
  const withUser = (user: string): string =>
    mongod.uri.replace('//', `//${user}:${password}@`).concat('&authSource=admin');
  const connectAs = (user: string) => openTestDatastore(withUser(user));
  // A server without users accepts the first one from its own machine.
  const first = await openTestDatastore(mongod.uri);
  await first.client.db('admin').command({ createUser: 'root', pwd: password, roles: ['root'] });
  await first.close();
  return {
    certificates,
    mongodbUri: (user: string): string =>
      `mongodb://${user}:${password}@127.0.0.1:${mongodProxy?.port}/?tls=true&directConnection=true&authSource=admin`,
    redisUrl: `rediss://:${password}@127.0.0.1:${redisProxy?.port}`,
    /** The address without TLS, for assertions. */
    directUri: withUser,
    /** Connects as a user, without TLS. */
    connectAs,
    /** Runs the script of roles as an administrator. */
    runRolesScript: async (script: string, { exists }: { exists: boolean }): Promise<void> => {
      const { client, close } = await connectAs('root');
      for (const command of readCommands(script, { exists, password })) await client.db('admin').command(command);
      await close();
    },
    close: async (): Promise<void> => {
      await Promise.all([mongodProxy?.close(), redisProxy?.close()]);
      await Promise.all([mongod.close(), redis.close()]);
    },
  };
};

export type SecuredDatabases = Awaited<ReturnType<typeof startSecuredDatabases>>;
