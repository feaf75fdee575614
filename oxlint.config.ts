export { default } from './tooling/lint/src/oxlint-config.ts';
