import { expect, it } from 'vitest';
import { z } from 'zod';
import { json, port, renderEnvExample, secret, text, url } from './index.ts';

const shared = { PORT: port().default(3000).meta({ description: 'The port.' }) };
const platform = {
  ...shared,
  MONGODB_URI: url('mongodb').meta({ description: 'The database.', example: 'mongodb://localhost:27017' }),
  CURSOR_SECRET: secret().meta({ description: 'Encrypts cursors.' }),
  MAIL_PASSWORD: secret().optional().meta({ description: 'The password of the mail server.' }),
  AUTH_JWKS: json(z.object({ keys: z.array(z.any()) }), 'a key set').meta({ description: 'Public keys.' }),
  GREETING: text().optional().meta({ description: 'A greeting.', example: 'hello' }),
};

it('`.env.example` shows each setting once, with its description, its form and its presence', () => {
  const groups = [
    { title: 'platform', settings: platform },
    { title: 'users', settings: shared },
  ];
  expect(
    renderEnvExample(groups),
  ).toBe(`# Every setting of the project. Generated from the code: change the settings there, not here.
# Copy it to .env and fill in what is empty; a variable of the environment wins over the file.
# Each setting can also be read from a file: <NAME>_FILE is the path of a file that contains <NAME>.

# --- platform

# The port.
# a port from 0 to 65535; default 3000
# PORT=3000

# The database.
# a URL that begins with mongodb://; required
# For example: mongodb://localhost:27017
MONGODB_URI=

# Encrypts cursors.
# a secret of at least 32 characters, made with \`openssl rand -base64 32\`; required
CURSOR_SECRET=

# The password of the mail server.
# a secret of at least 32 characters, made with \`openssl rand -base64 32\`; optional
# MAIL_PASSWORD=

# Public keys.
# a key set; required
AUTH_JWKS=

# A greeting.
# a text of at most 1000 characters; optional
# GREETING=hello

# --- users
`);
});

it('`.env.example` rejects two different settings of one name', () => {
  const groups = [
    { title: 'a', settings: shared },
    { title: 'b', settings: { PORT: port().meta({ description: 'Another port.' }) } },
  ];
  expect(() => renderEnvExample(groups)).toThrow('Two different settings are named PORT.');
});
