export { connectMongo, type MongoOptions } from './connect.ts';
