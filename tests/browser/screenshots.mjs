// PNGs of every view, light and dark, wide and as narrow as a phone: node tests/browser/screenshots.mjs FOLDER [WORD]
import {mkdirSync} from 'node:fs';
import {browse, serve, settled, shipped} from './open.mjs';
import {views, worldViews} from './views.mjs';

const [folder = 'build/screenshots', word = ''] = process.argv.slice(2);
const world = process.env.WORLD_CUBE;
mkdirSync(folder, {recursive: true});

async function shoot(page, origin, {name, hash}, scheme, width) {
  await page.emulateMedia({colorScheme: scheme});
  await page.setViewportSize({width, height: 900});
  await page.goto('about:blank');
  await page.goto(`${origin}/${hash}`);
  await settled(page);
  await page.screenshot({path: `${folder}/${name}-${scheme}-${width}.png`, fullPage: true});
}

async function all(options, list) {
  const server = await serve(options);
  const page = await browser.context.newPage();
  page.on('console', (message) => console.log(message.type(), message.text()));
  page.on('pageerror', (error) => console.log(error));
  for (const view of list.filter(({name}) => name.includes(word))) {
    for (const [scheme, width] of [
      ['light', 1280],
      ['dark', 1280],
      ['light', 360],
    ])
      await shoot(page, server.origin, view, scheme, width);
  }
  await page.close();
  await server.stop();
}

const browser = await browse();
await all({}, views);
if (world) await all({options: [...shipped(), '--data', world]}, worldViews);
await browser.close();
console.log(folder);
