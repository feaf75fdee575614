// Run by official-mongod.ts: downloads mongod into the folder of the first argument and prints its path.
import https from 'node:https';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import { MongoBinaryDownloadUrl } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js';
import { messageOf } from '../errors.ts';

/** Networks without a way to the download server often swallow packets instead of refusing them. */
const REACHABLE_MS = 4000;

function assertReachable(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(url);
    // The agent honours HTTPS_PROXY, as the download itself does.
    const agent = new https.Agent({ proxyEnv: process.env });
    const request = https.request(url, { method: 'HEAD', agent, timeout: REACHABLE_MS }, ({ statusCode = 0 }) => {
      request.destroy();
      if (statusCode < 400) resolve();
      else reject(new Error(`${host} answers ${statusCode} for this system`));
    });
    request.on('timeout', () => request.destroy(new Error(`${host} does not answer`)));
    request.on('error', ({ message }) => reject(new Error(`${host} cannot be reached (${message})`)));
    request.end();
  });
}

try {
  const options = await DryMongoBinary.generateOptions({ downloadDir: process.argv[2] ?? '.' });
  await assertReachable(await new MongoBinaryDownloadUrl(options).getDownloadUrl());
  console.log(await MongoBinary.getPath({ ...options, checkMD5: true }));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
