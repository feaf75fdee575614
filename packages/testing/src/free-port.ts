import getPort from 'get-port';

/** Returns a loopback port that no process listens at now. */
export const getFreePort = (): Promise<number> => getPort({ host: '127.0.0.1' });
