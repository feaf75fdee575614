import type { ClientSession, MongoClient } from 'mongodb';

const idleSessions = new WeakMap<MongoClient, ClientSession[]>();
const idleMax = 256;

const getIdle = (client: MongoClient): ClientSession[] => {
  const sessions = idleSessions.get(client) ?? [];
  idleSessions.set(client, sessions);
  return sessions;
};

/**
 * Returns a session for one read. The driver would start and end one for each read, which is a tenth of the cost of a list
 * and grows with the number of open sessions.
 */
export const takeSession = (client: MongoClient): ClientSession =>
  getIdle(client).pop() ?? client.startSession({ causalConsistency: false });

/** Keeps the session of a read that succeeded. End the session of one that failed: its connection may be lost. */
export const releaseSession = (client: MongoClient, session: ClientSession): void => {
  const sessions = getIdle(client);
  if (sessions.length < idleMax) sessions.push(session);
  else void session.endSession();
};
