import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const dockerfile: string = `${root}/tooling/docker/Dockerfile`;
export const ignoreFile: string = `${dockerfile}.dockerignore`;
export const workflows: string = `${root}/.github/workflows`;
