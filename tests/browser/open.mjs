// A server on a free port, and Debian's chromium in front of it. Nothing of either is left when the script ends.
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';

const require = createRequire(path.resolve(process.env.BROWSER_NODE ?? 'build/browser-node', 'package.json'));
const {chromium} = require('playwright-core');
export const axeSource = require.resolve('axe-core/axe.min.js');

const ENTREPOT = process.env.ENTREPOT ?? 'build/gcc/entrepot';
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address();
      server.close(() => resolve(port));
    });
  });
}

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(1));

// options: further arguments of `serve`, such as ['--data', 'x.cube'].
export async function serve({options = [], config = 'config/entrepot.json', port} = {}) {
  port ??= await freePort();
  const child = spawn(ENTREPOT, ['serve', '--config', config, '--listen', `127.0.0.1:${port}`, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  let log = '';
  child.stderr.on('data', (text) => {
    log = (log + text).slice(-4000);
  });
  const origin = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    if (child.exitCode !== null) throw new Error(`the server did not start: ${log}`);
    if (
      await fetch(`${origin}/readyz`).then(
        (r) => r.ok,
        () => false,
      )
    )
      break;
    if (i === 200) throw new Error(`the server is not ready: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origin,
    port,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          children.delete(child);
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}

// The shipped datasets as options, for worlds to be served beside them.
export function shipped() {
  const {data} = require(path.resolve('config/entrepot.json'));
  return data.flatMap((name) => ['--data', path.join('config', name)]);
}

let profile;
export async function browse() {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is not there`);
  profile = mkdtempSync(path.join(tmpdir(), 'entrepot-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    chromiumSandbox: false,
    viewport: {width: 1280, height: 800},
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    },
  };
}

// Until nothing loads any more, also what only loads once it is in sight.
export async function settled(page) {
  await page.waitForFunction(
    () => document.querySelector('#main > *') && !document.querySelector('[aria-busy="true"]:not(:has(.skeleton:only-child))'),
  );
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    scrollTo(0, 0);
  });
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .skeleton'));
}
