import type { ClientSession, MongoClient } from 'mongodb';

const idleSessions = new WeakMap<MongoClient, ClientSession[]>();
const idleMax = 256;

const getIdle = (client: MongoClient): ClientSession[] => {
  const sessions = idleSessions.get(client) ?? [];
  idleSessions.set(client, sessions);
  return sessions;
};

/**
 * Takes a session for one read from the pool, or starts one. The driver starts and ends a session for each read, which is a
 * tenth of the cost of a list and grows with the number of open sessions.
 */
export const takeSession = (client: MongoClient): ClientSession =>
  getIdle(client).pop() ?? client.startSession({ causalConsistency: false });

/** Returns the session of a successful read to the pool. After a failed read, end the session: its connection may be lost. */
export const releaseSession = (client: MongoClient, session: ClientSession): void => {
  const sessions = getIdle(client);
  if (sessions.length < idleMax) sessions.push(session);
  else void session.endSession();
};
