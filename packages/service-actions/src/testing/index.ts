export { describeContract, type Served } from './contract-suite.ts';
