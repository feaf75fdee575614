import type { ClientSession, MongoClient } from 'mongodb';

/** The idle sessions of each client. */
const idle = new WeakMap<MongoClient, ClientSession[]>();

const idleOf = (client: MongoClient): ClientSession[] => {
  const known = idle.get(client);
  if (known) return known;
  const none: ClientSession[] = [];
  idle.set(client, none);
  return none;
};

/** More than are ever in use at once need not be kept. */
const idleMax = 256;

/**
 * A session for one read, to be given back. To begin and end one for each read, as the driver does for whoever brings
 * none, costs more the more reads there are at once: it looks at all sessions each time.
 */
export const takeSession = (client: MongoClient): ClientSession =>
  idleOf(client).pop() ?? client.startSession({ causalConsistency: false });

/** Takes back a session whose read has succeeded. One whose read has failed is to be ended: its connection may be lost. */
export const giveBackSession = (client: MongoClient, session: ClientSession): void => {
  const sessions = idleOf(client);
  if (sessions.length < idleMax) sessions.push(session);
  else void session.endSession();
};
