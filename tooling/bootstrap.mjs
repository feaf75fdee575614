// Every npm script runs `node tooling/bootstrap.mjs <command> [arguments]`. It needs Node >= 20 and npm only.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Plinth needs Node 20 or newer to set itself up, and this is Node ${process.versions.node}: see https://nodejs.org.`,
  );
  process.exit(1);
}

const { main } = await import('./bootstrap/main.mjs');
process.exitCode = await main(process.argv.slice(2));
