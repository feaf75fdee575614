// Downloads mongod into a folder and prints its path. A process of its own, so that a download that hangs can be ended.
import { MongoBinary } from 'mongodb-memory-server-core';
import { getMessage } from '../errors.ts';

const [downloadDir = '.'] = process.argv.slice(2);
const server = process.env['MONGOMS_DOWNLOAD_MIRROR'] ?? 'https://fastdl.mongodb.org';
try {
  // Networks without access often drop packets instead of refusing them.
  await fetch(server, { method: 'HEAD', signal: AbortSignal.timeout(4000) }).catch(({ cause, message }) => {
    throw new Error(`${server} is unreachable (${cause?.message || cause?.code || message})`);
  });
  console.log(await MongoBinary.getPath({ downloadDir, checkMD5: true }));
} catch (error) {
  console.error(getMessage(error));
  process.exitCode = 1;
}
