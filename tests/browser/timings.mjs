// How long the first view takes from an empty cache, and a change between views whose data is there: medians and the slowest.
import {browse, serve} from './open.mjs';

const ROUNDS = 9;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (what, list, goal) =>
  console.log(
    `${what.padEnd(44)} median ${median(list).toFixed(0).padStart(4)} ms, slowest ${Math.max(...list)
      .toFixed(0)
      .padStart(4)} ms (goal ${goal} ms)`,
  );

const server = await serve(),
  browser = await browse(),
  page = await browser.context.newPage();
const cdp = await browser.context.newCDPSession(page);
await cdp.send('Network.enable');

const firsts = [];
for (let i = 0; i < ROUNDS; i++) {
  await page.goto('about:blank');
  await cdp.send('Network.clearBrowserCache');
  await page.goto(`${server.origin}/`, {waitUntil: 'commit'});
  firsts.push(
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const look = () =>
            globalThis.Chart && Chart.getChart(document.querySelector('canvas'))
              ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
              : setTimeout(look, 2);
          look();
        }),
    ),
  );
}
say('first view drawn, empty cache', firsts, 1000);

// The time from the click until the new view's charts are on the screen.
const visit = (view) =>
  page.evaluate(
    (to) =>
      new Promise((resolve) => {
        const begun = performance.now();
        document.querySelector(`nav a[data-view=${to}]`).click();
        const look = () => {
          const canvas = document.querySelector('main canvas');
          const there =
            location.hash.startsWith(`#/${to}/`) &&
            !document.querySelector('.skeleton, [aria-busy=true]') &&
            document.querySelector('main h1') &&
            document.title.toLowerCase().startsWith(document.querySelector('nav [aria-current]').textContent.toLowerCase());
          if (there && canvas && Chart.getChart(canvas)) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
          else setTimeout(look, 1);
        };
        setTimeout(look, 1);
      }),
    view,
  );

const names = await page.evaluate(() => [...document.querySelectorAll('nav a')].map((a) => a.dataset.view));
const cold = {},
  warm = {};
for (let i = 0; i < ROUNDS; i++) {
  for (const name of [...names.slice(1), names[0]]) {
    await page.evaluate(async () => {
      // what only loads in sight would count as not there yet
      for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
        scrollTo(0, y);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy=true]'));
    ((i ? warm : cold)[name] ??= []).push(await visit(name));
  }
}
for (const name of names) say(`to ${name}, its data there`, warm[name], 100);
say('to any view for the first time', Object.values(cold).flat(), 100);
await browser.close();
await server.stop();
