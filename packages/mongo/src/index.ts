export { connectMongo, type MongoSettings } from './connect.ts';
