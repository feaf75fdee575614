import { expect, it } from 'vitest';
import { describeMongodbUri, describeRedisUrl } from './connection-strings.ts';

it.each([
  ['mongodb://db', false],
  ['mongodb://db/?tls=true', true],
  ['mongodb://db?ssl=true', true],
  ['mongodb://db1,db2/users?replicaSet=rs0&TLS=true', true],
  ['mongodb://db/?tls=false', false],
  ['mongodb://db/?tls=true&ssl=false', false],
  ['mongodb://db/?appName=tls=true', false],
  ['mongodb+srv://db.example.com', true],
  ['mongodb+srv://db.example.com/?tls=false', false],
  ['mongodb+srv://db.example.com/?ssl=false', false],
])('MongoDB at %s has TLS: %s', (uri, hasTls) => {
  expect(describeMongodbUri(uri).hasTls).toBe(hasTls);
});

it.each([
  ['mongodb://ada:word@db1,db2/?tls=true', true],
  ['mongodb://ada:wo%40rd@db', true],
  ['mongodb://db/?tls=true', false],
  ['mongodb://ada@db', false],
  ['mongodb://ada:@db', false],
  ['mongodb://:word@db', false],
  ['mongodb://db/?authSource=a:b@c', false],
  ['mongodb://db/?tls=true&authMechanism=MONGODB-X509', true],
  ['mongodb+srv://db/?authMechanism=MONGODB-AWS', true],
  ['mongodb://db/?authMechanism=SCRAM-SHA-256', false],
])('MongoDB at %s has credentials: %s', (uri, hasCredentials) => {
  expect(describeMongodbUri(uri).hasCredentials).toBe(hasCredentials);
});

it.each([
  ['mongodb://db/?tls=true', true],
  ['mongodb://db/?tls=true&tlsAllowInvalidCertificates=false&rejectUnauthorized=true', true],
  ['mongodb://db/?tlsAllowInvalidCertificates=true', false],
  ['mongodb://db/?tlsallowinvalidcertificates=true', false],
  ['mongodb://db/?tls%41llowInvalidCertificates=true', false],
  ['mongodb://db/?tlsAllowInvalidHostnames=true', false],
  ['mongodb://db/?tlsInsecure=true', false],
  ['mongodb://db/?rejectUnauthorized=false', false],
])('MongoDB at %s verifies certificates: %s', (uri, verifiesCertificates) => {
  expect(describeMongodbUri(uri).verifiesCertificates).toBe(verifiesCertificates);
});

it.each([
  ['redis://cache', false, false],
  ['rediss://cache', true, false],
  ['rediss://:word@cache', true, true],
  ['rediss://ada:word@cache:6380/2', true, true],
  ['rediss://ada@cache', true, false],
  ['redis://:word@cache', false, true],
  ['redis://:word@cache?tls=true', false, true],
  ['rediss://:word@cache?tls=', false, true],
])('Redis at %s has TLS: %s, and credentials: %s', (url, hasTls, hasCredentials) => {
  expect(describeRedisUrl(url)).toEqual({ hasTls, hasCredentials });
});
