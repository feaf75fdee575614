export { type OwnEngine, ownEngine } from '@plinth/engines';
