// Downloads mongod into a folder and prints its path. A process of its own, so that a download that hangs can be ended.
import { DryMongoBinary } from 'mongodb-memory-server-core';
import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload.js';
import { hashFile } from './find.ts';

/** Verifies the archive by SHA-256 instead of MD5. The library does not verify certificates; fetch does. */
class VerifiedDownload extends MongoBinaryDownload {
  override async makeMD5check(url: string, archive: string): Promise<boolean> {
    const response = await fetch(url.replace(/\.md5$/, '.sha256'));
    if (!response.ok) throw new Error(`${response.url} responded with ${response.status}`);
    const [expected] = (await response.text()).split(/\s/);
    const actual = await hashFile(archive);
    if (actual !== expected) throw new Error(`the archive has the hash ${actual}, and should have ${expected}`);
    return true;
  }
}

const [version = '', downloadDir = '.'] = process.argv.slice(2);
const server = process.env['MONGOMS_DOWNLOAD_MIRROR'] ?? 'https://fastdl.mongodb.org';
try {
  // Networks without access often drop packets instead of refusing them.
  await fetch(server, { method: 'HEAD', signal: AbortSignal.timeout(4000) }).catch(({ cause, message }) => {
    throw new Error(`${server} is unreachable (${cause?.message || cause?.code || message})`);
  });
  const options = await DryMongoBinary.generateOptions({ version });
  // The folder of the options may have another download already.
  console.log(await new VerifiedDownload({ ...options, downloadDir }).getMongodPath());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
