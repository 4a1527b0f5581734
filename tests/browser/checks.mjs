// The page in a real browser, over the shipped figures, beside a synthetic world, and over names that would do harm as markup.
// A line "ok …" or "not ok …" for each case; exit 1 if one failed.
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {axeSource, browse, freePort, serve, settled, shipped} from './open.mjs';
import {faultsOf, readTable, watch} from './look.mjs';
import {views, worldViews} from './views.mjs';

const only = process.argv[2] ?? '';
const REQUESTS_MOST = 10,
  BYTES_MOST = 200_000;
let failed = 0;

async function check(name, run) {
  if (!name.includes(only)) return;
  const begun = Date.now();
  try {
    await run();
    console.log(`ok - ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    failed += 1;
    console.log(
      String(error.stack ?? error)
        .split('\n')
        .slice(0, 12)
        .map((line) => `  ${line}`)
        .join('\n'),
    );
    console.log(`not ok - ${name}`);
  }
}
function same(is, due, what) {
  if (JSON.stringify(is) !== JSON.stringify(due)) throw new Error(`${what}: ${JSON.stringify(is)}, due is ${JSON.stringify(due)}`);
}
function hold(truth, what) {
  if (!truth) throw new Error(what);
}

const browser = await browse();
async function fresh(options = {}) {
  const page = await browser.context.newPage();
  await page.emulateMedia({colorScheme: options.scheme ?? 'light'});
  await page.setViewportSize({width: options.width ?? 1280, height: 800});
  return page;
}
const answerOf = async (origin, api) => (await fetch(origin + api)).json();

// ---- each view ----

// What the page writes, read back as a number by rules of our own.
function near(text, value, what) {
  if (value === null || value === undefined) {
    hold(['not known', '–', '', 'undecided'].includes(text), `${what}: “${text}” for an unknown value`);
    return;
  }
  if (typeof value !== 'number') {
    hold(text !== '', `${what}: empty for ${value}`);
    return;
  }
  const number = Number(text.replace(/\u2212/g, '-').replace(/[^\d.-]/g, ''));
  const due = text.includes('%') ? value * 100 : value;
  hold(Math.abs(number - due) <= (text.includes('USD') ? 0 : 0.0051), `${what}: “${text}” for ${value}`);
}

async function compare(page, answer) {
  const {columns, rows} = await readTable(page);
  hold(
    rows.length === answer.data.length || rows.length === answer.data.filter((row) => row.share !== null).length,
    `${rows.length} rows, the answer has ${answer.data.length}`,
  );
  const known = columns
    .map((id, i) => [id, i])
    .filter(([id]) => answer.columns.some((column) => column.id === id && ['integer', 'number'].includes(column.type)));
  const key = ['period', 'product', 'dataset', 'path', 'flow', 'year', 'reporter', 'valuation', 'id'].filter((id) => columns.includes(id));
  const keyOf = (row) => key.map((id) => String(row[id])).join(' ');
  const due = new Map(answer.data.filter((row) => !row.supplier).map((row) => [keyOf(row), row]));
  let compared = 0;
  for (const row of rows) {
    const other = due.get(key.map((id) => row[columns.indexOf(id)].text).join(' '));
    hold(other, `a row that the API has not: ${row.map((cell) => cell.text).join(' | ')}`);
    for (const [id, i] of known) {
      near(row[i].title || row[i].text, other[id], `${keyOf(other)} ${id}`);
      compared += 1;
    }
  }
  hold(compared > 0, 'nothing was compared');
}

// Every number that the first chart draws stands in the answer, with its sign or without; of spans only that there are as many as rows.
async function drawn(page, answer) {
  const {values, spans} = await page.evaluate(() => {
    const all = Chart.getChart(document.querySelector('main canvas')).data.datasets.flatMap((set) => set.data);
    return {
      spans: all.filter(Array.isArray).length,
      values: all.map((v) => (v && typeof v === 'object' ? v.y : v)).filter((v) => typeof v === 'number'),
    };
  });
  hold(values.length > 0 || spans === answer.data.length, 'nothing is drawn');
  const known = new Set(
    answer.data
      .flatMap((row) => Object.values(row))
      .filter((v) => typeof v === 'number')
      .map(Math.abs),
  );
  for (const value of values) hold(known.has(Math.abs(value)), `the chart draws ${value}, which the API has not said`);
}
async function painted(page) {
  const blank = await page.evaluate(
    () =>
      [...document.querySelectorAll('canvas')].filter((canvas) => {
        const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return new Set(pixels).size < 3;
      }).length,
  );
  same(blank, 0, 'blank canvases');
}

async function eachView(origin, list, axe) {
  for (const view of list) {
    const page = await fresh(),
      seen = await watch(page, origin);
    await check(`${view.name}: opens by its address, draws, and its numbers are the API's`, async () => {
      await page.goto(`${origin}/${view.hash}`);
      await settled(page);
      const answer = await answerOf(origin, view.api);
      await painted(page);
      await compare(page, answer);
      await drawn(page, answer);
      if (answer.meta.synthetic) hold(await page.locator('.notice.synthetic').count(), 'synthetic data is not called so');
      if (answer.meta.source) hold((await page.textContent('main')).includes(answer.meta.source), 'the source is not named');
      same(await faultsOf(page, seen), [], 'faults');
    });
    await check(`${view.name}: no serious barrier (axe), light and dark`, async () => {
      await page.evaluate(axe);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({colorScheme});
        // Dark differs in its colours alone, and the twelfth row of a table in its figures.
        const rules = colorScheme === 'dark' ? {runOnly: ['color-contrast']} : {};
        const found = await page.evaluate(
          (options) => axe.run({exclude: [['tbody tr:nth-child(n+12)']]}, {resultTypes: ['violations'], ...options}),
          rules,
        );
        const serious = found.violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
        same(
          serious.map(
            (violation) =>
              `${violation.id}: ${violation.nodes
                .slice(0, 3)
                .map((node) => `${node.target} ${node.any[0]?.message ?? ''}`)
                .join('; ')}`,
          ),
          [],
          colorScheme,
        );
      }
    });
    await check(`${view.name}: fits a screen of 360 pixels`, async () => {
      await page.setViewportSize({width: 360, height: 800});
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
      const wider = await page.evaluate(() =>
        [...document.querySelectorAll('main *')]
          .filter((e) => e.getBoundingClientRect().right > 361 && !e.closest('.scroll'))
          .slice(0, 3)
          .map((e) => e.outerHTML.slice(0, 120)),
      );
      hold(wide <= 360 && wider.length === 0, `the page is ${wide} pixels wide: ${wider.join(' ')}`);
    });
    await page.close();
  }
}

// ---- shipped figures ----

const axe = readFileSync(axeSource, 'utf8');
const server = await serve(),
  {origin} = server;
await eachView(origin, views, axe);

await check('first view: at most 10 requests, under 200 kB, nothing moves while it loads', async () => {
  const page = await fresh();
  const cdp = await browser.context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.clearBrowserCache');
  let bytes = 0;
  const asked = [];
  cdp.on('Network.requestWillBeSent', ({request}) => {
    if (request.url.startsWith('http')) asked.push(request.url.replace(origin, ''));
  });
  cdp.on('Network.loadingFinished', ({encodedDataLength}) => {
    bytes += encodedDataLength;
  });
  await page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.moved += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
  });
  await page.route('**/v1/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.goto(`${origin}/`);
  await page.waitForSelector('canvas');
  await page.waitForLoadState('networkidle');
  console.log(`  ${asked.length} requests, ${bytes} bytes, layout shift ${await page.evaluate(() => window.moved.toFixed(3))}`);
  hold(asked.length <= REQUESTS_MOST, `${asked.length} requests: ${asked.join(' ')}`);
  hold(bytes < BYTES_MOST, `${bytes} bytes`);
  hold((await page.evaluate(() => window.moved)) < 0.1, 'things moved');
  await page.close();
});

await check('headline: the deficit, computed from the figures', async () => {
  const page = await fresh();
  await page.goto(`${origin}/`);
  await settled(page);
  const {data} = await answerOf(origin, '/v1/bilateral/IND/CHN'),
    row = data.at(-1);
  const due = `India’s deficit with China reached ${(-row.balance / 1e9).toFixed(1)} bn USD in ${row.period}, a record`;
  same((await page.textContent('h1')).replace(/\u202f/g, ' '), due, 'headline');
  await page.close();
});

await check('curl gets the index, browsers get the page; its files are kept for ever, the page is asked for again', async () => {
  const index = await fetch(`${origin}/`, {headers: {Accept: '*/*'}}),
    page = await fetch(`${origin}/`, {headers: {Accept: 'text/html,application/xhtml+xml,*/*;q=0.8'}});
  hold(index.headers.get('content-type').startsWith('application/json') && (await index.json()).data.length > 10, 'no index');
  hold(page.headers.get('content-type').startsWith('text/html'), 'no page');
  hold(index.headers.get('etag') !== page.headers.get('etag'), 'index and page share a tag');
  for (const reply of [index, page]) hold(/\bAccept\b,/.test(reply.headers.get('vary')), 'Vary lacks Accept');
  same(page.headers.get('cache-control'), 'public, no-cache', 'Cache-Control of the page');
  hold(
    /default-src 'none'/.test(page.headers.get('content-security-policy')) && !/unsafe/.test(page.headers.get('content-security-policy')),
    'policy',
  );
  const again = await fetch(`${origin}/`, {headers: {Accept: 'text/html', 'If-None-Match': page.headers.get('etag')}});
  same(again.status, 304, 'asked again');
  const html = await page.text(),
    version = /assets\/([0-9a-f]{16})\//.exec(html)[1];
  const files = readdirSync('src/web', {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && /\.(js|css|svg)$/.test(entry.name) && !/docs$/.test(entry.parentPath ?? entry.path))
    .map((entry) => path.join(path.relative('src/web', entry.parentPath ?? entry.path), entry.name));
  hold(files.length > 10, 'no files were found');
  for (const file of files) {
    const reply = await fetch(`${origin}/assets/${version}/${file}`);
    same([reply.status, reply.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], file);
    hold((await reply.text()) === readFileSync(path.join('src/web', file), 'utf8'), `${file} is another file`);
    same((await fetch(`${origin}/assets/latest/${file}`)).headers.get('cache-control'), 'public, no-cache', file);
  }
  same((await fetch(`${origin}/assets/${version}/app/none.js`)).status, 404, 'a file that is not there');
});

await check('every flag of the program has words on the page', async () => {
  const names = [...readFileSync('src/analysis/figures.c', 'utf8').matchAll(/\[FLAG_[A-Z_]+\] = "([a-z_]+)"/g)].map((match) => match[1]);
  hold(names.length > 10, 'no flags were found');
  const page = await fresh();
  await page.goto(`${origin}/`);
  const known = await page.evaluate(async () => (await import(document.querySelector('link[href*="format.js"]').href)).knownFlags);
  same(
    names.filter((name) => !known.includes(name)),
    [],
    'flags without words',
  );
  await page.close();
});

await check('three clicks from the first view: what depends most on China, and since when', async () => {
  const page = await fresh();
  await page.goto(`${origin}/`);
  await page.click('nav >> text=Dependence');
  await settled(page);
  hold(
    /more than half of its imports from China in \d+ of \d+ product groups/.test(await page.textContent('h1')),
    await page.textContent('h1'),
  );
  const {data} = await answerOf(origin, '/v1/dependence/IND/CHN?sort=-share');
  await page.click('tbody th button >> nth=0');
  await page.waitForSelector('#focus h1');
  const [head, below] = [await page.textContent('#focus h1'), await page.textContent('#focus .headline p')];
  hold(
    head.includes(data[0].name) && head.includes(`${Math.round(data[0].share * 100)}`) && /since FY\d{4}-\d\d/.test(below),
    `${head} ${below}`,
  );
  await page.close();
});

await check('keyboard: everything can be reached, and seen to be', async () => {
  const page = await fresh();
  await page.goto(`${origin}/#/dependence/IND/CHN?focus=85`);
  await settled(page);
  const due = await page.evaluate(
    () =>
      [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter((e) => e.offsetParent !== null)
        .length,
  );
  const reached = new Set();
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.number = new Map();
  });
  for (let i = 0; i < due + 40; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      if (!window.number.has(e)) window.number.set(e, window.number.size);
      const style = getComputedStyle(e);
      return {
        id: window.number.get(e),
        what: e.outerHTML.slice(0, 80),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      };
    });
    if (!at) continue;
    hold(at.seen, `the focus is not to be seen on ${at.what}`);
    reached.add(at.id);
  }
  hold(reached.size >= due, `${reached.size} of ${due} were reached`);
  await page.close();
});

await check('keyboard: another country by typing, arrows and Enter', async () => {
  const page = await fresh();
  await page.goto(`${origin}/`);
  await settled(page);
  await page.focus('#partner');
  await page.waitForSelector('#partner ~ [role=listbox]', {state: 'attached'});
  await page.keyboard.type('unit');
  await page.waitForSelector('[role=option]');
  same(await page.getAttribute('#partner', 'aria-expanded'), 'true', 'aria-expanded');
  await page.keyboard.press('Escape');
  same(await page.inputValue('#partner'), 'China', 'after Escape');
  await page.focus('#reporter');
  await page.focus('#partner');
  await page.keyboard.type('usa');
  await page.waitForSelector('[role=option]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#/pair/IND/USA');
  await page.waitForFunction(() => /surplus with United States/.test(document.querySelector('h1')?.textContent));
  await page.close();
});

await check('sorting a table, and a choice that keeps the focus', async () => {
  const page = await fresh();
  await page.goto(`${origin}/#/sectors/IND/CHN`);
  await settled(page);
  await page.click('summary');
  await page.click('th[data-column=imports] button');
  const {columns, rows} = await readTable(page),
    imports = rows.map((row) => Number(row[columns.indexOf('imports')].title.replace(/\u2212/g, '-').replace(/[^\d-]/g, '')));
  hold(imports.length > 50 && imports.every((value, i) => i === 0 || value <= imports[i - 1]), 'not in order');
  same(await page.getAttribute('th[data-column=imports]', 'aria-sort'), 'descending', 'aria-sort');
  await page.focus('#choice-Question-grew');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /grew/.test(document.querySelector('h1').textContent));
  same(await page.evaluate(() => document.activeElement.id), 'choice-Question-grew', 'focus');
  await page.close();
});

await check('a product and periods are chosen by typing', async () => {
  const page = await fresh();
  await page.goto(`${origin}/`);
  await settled(page);
  await page.fill('#product', 'plastics');
  await page.waitForSelector('#product ~ [role=listbox] [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /Plastics/.test(document.querySelector('h1')?.textContent));
  await page.fill('#period', 'FY2010-11..FY2014-15');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /FY2014-15/.test(document.querySelector('h1')?.textContent));
  const product = await page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('product'));
  const {data} = await answerOf(origin, `/v1/bilateral/IND/CHN?product=${product}&period=FY2010-11..FY2014-15`);
  hold((await page.textContent('h1')).includes(`${(-data.at(-1).balance / 1e9).toFixed(1)}`), await page.textContent('h1'));
  await page.close();
});

await check('sliders: the scenario follows, and so does its address', async () => {
  const page = await fresh();
  await page.goto(`${origin}/#/scenario/IND/CHN?product=850760`);
  await settled(page);
  await page.focus('#cut');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => /cut=0\.5/.test(location.hash));
  const {data} = await answerOf(origin, '/v1/scenario/IND/CHN?product=850760&cut=0.5&years=3&expand=0.1&divert=0.2');
  const gap = data.filter((row) => row.path === 'gradual').at(-1).gap;
  await page.waitForFunction(
    (text) =>
      document
        .querySelector('h1')
        .textContent.replace(/\u202f/g, ' ')
        .includes(text),
    `${(gap / 1e9).toFixed(1)} bn USD`,
  );
  same(await page.evaluate(() => document.activeElement.id), 'cut', 'focus');
  await page.close();
});

await check('a figure is checked by typing it', async () => {
  const page = await fresh();
  await page.goto(`${origin}/#/check/IND/CHN`);
  await settled(page);
  await page.selectOption('#check-flow', 'deficit');
  await page.fill('#check-period', 'FY2024-25');
  await page.fill('#check-value', '99.21');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /matches/.test(document.querySelector('h1').textContent));
  same(await page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('value')), '99210000000', 'value');
  await page.close();
});

await check('a mistake is the next step: what was wrong, and a suggestion that mends it', async () => {
  const page = await fresh();
  await page.goto(`${origin}/#/pair/IND/CHNN`);
  await page.waitForSelector('.problem .chip');
  await page.click('.problem .chip >> text=CHN');
  await page.waitForSelector('h1 >> text=deficit');
  await page.goto(`${origin}/#/pair/IND/CHN?period=2025`);
  await page.waitForSelector('.problem');
  await page.click('.problem a.chip');
  await page.waitForFunction(() => location.hash.startsWith('#/pair/CHN/IND?period=2025') && document.querySelector('h1'));
  await page.goto(`${origin}/#/dependence/IND/USA`);
  await page.waitForSelector('.problem >> text=What there is');
  await page.goto(`${origin}/#/pair/DEU/FRA`);
  await page.click('.problem .chip >> text=India with China');
  await page.waitForSelector('h1 >> text=deficit');
  await page.goto(`${origin}/#/nothing/IND/CHN`);
  await page.waitForSelector('h1 >> text=There is no view');
  await page.close();
});

await check('below a prefix, as a proxy may serve it', async () => {
  const page = await fresh(),
    seen = await watch(page, origin);
  await page.route(`${origin}/trade/**`, async (route) =>
    route.fulfill({response: await route.fetch({url: route.request().url().replace('/trade/', '/')})}),
  );
  const beside = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/trade/`) && !request.url().startsWith('data:')) beside.push(request.url());
  });
  await page.goto(`${origin}/trade/#/dependence/IND/CHN`);
  await settled(page);
  hold(await page.locator('canvas').count(), 'nothing is drawn');
  same(beside, [], 'requests beside the prefix');
  for (const href of await page.evaluate(() => [...document.querySelectorAll('a[href]')].map((a) => a.href)))
    hold(href.startsWith(`${origin}/trade/`), `${href} leads out of the prefix`);
  same(await faultsOf(page, seen), [], 'faults');
  await page.close();
});

await check('print: figures on white, without what only works on a screen', async () => {
  const page = await fresh({scheme: 'dark'});
  await page.goto(`${origin}/`);
  await settled(page);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  same(
    await page.evaluate(() => ['nav', '.pairbar', '.call .actions'].map((one) => getComputedStyle(document.querySelector(one)).display)),
    ['none', 'none', 'none'],
    'hidden',
  );
  same(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--text').trim()), '#1b2430', 'text on paper');
  hold((await page.pdf()).length > 20000, 'an empty document');
  await page.close();
});

await check('the server goes and comes back: the page says so, and recovers by itself', async () => {
  const port = await freePort();
  let other = await serve({port});
  const page = await fresh();
  await page.goto(`${other.origin}/`);
  await settled(page);
  const before = await page.textContent('h1');
  await other.stop();
  await page.click('#choice-Periods-A');
  await page.waitForSelector('.wait >> text=No answer from the server');
  same(await page.textContent('h1'), before, 'what was there');
  await page.click('nav >> text=Sectors');
  await page.waitForSelector('.wait >> text=No answer from the server');
  other = await serve({port});
  await page.waitForFunction(() => /Electrical machinery/.test(document.querySelector('h1')?.textContent), null, {timeout: 20000});
  await settled(page);
  same(await page.locator('.wait').count(), 0, 'notices that stayed');
  await page.close();
  await other.stop();
});

await check('a slow answer: what was there stays until it comes', async () => {
  const page = await fresh();
  await page.goto(`${origin}/`);
  await settled(page);
  await page.route('**/v1/bilateral/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await route.continue();
  });
  const height = await page.evaluate(() => document.querySelector('.part').offsetHeight);
  await page.click('#choice-Periods-FY');
  await page.waitForSelector('[aria-busy=true]');
  hold(await page.evaluate(() => document.querySelector('h1') && document.querySelector('canvas')), 'the view went away');
  hold(Math.abs((await page.evaluate(() => document.querySelector('.part').offsetHeight)) - height) < 2, 'the part changed its height');
  await settled(page);
  await page.close();
});
await server.stop();

// ---- names that would do harm ----

await check('hostile names: shown as they are written, and inert', async () => {
  const hostile = await serve({config: 'tests/fixtures/hostile/config.json'});
  const page = await fresh(),
    seen = await watch(page, hostile.origin);
  await page.exposeFunction('owned', () => seen.faults.push('a name was run'));
  for (const view of [
    'pair',
    'sectors',
    'sectors/IND/CHN?level=sector&by=grew',
    'dependence/IND/CHN?focus=85',
    'leverage',
    'scenario/IND/CHN?product=85&cut=0.3',
    'check/IND/CHN?flow=imports&period=FY2018-19&value=1',
    'data',
  ]) {
    await page.goto('about:blank');
    await page.goto(`${hostile.origin}/#/${view.includes('/') ? view : `${view}/IND/CHN`}`);
    await settled(page);
    for (const summary of await page.locator('summary').all()) await summary.click();
    hold((await page.textContent('body')).includes('<img src=x onerror=owned()>'), `${view}: the name is not shown`);
    same(
      await page.evaluate(
        () =>
          document.querySelectorAll('main img, main script, main svg, main iframe, main style, header img, a[href^="javascript"]').length,
      ),
      0,
      `${view}: elements made from names`,
    );
    await page.fill('#reporter', '<img');
    await page.waitForTimeout(50);
  }
  await page.fill('#partner', 'Bharat');
  await page.waitForSelector('#partner ~ [role=listbox] [role=option]');
  same(await page.locator('[role=option] img').count(), 0, 'a picture in the list');
  same(await faultsOf(page, seen), [], 'faults');
  await page.close();
  await hostile.stop();
});

// ---- beside a synthetic world ----

if (process.env.WORLD_CUBE) {
  const world = await serve({options: [...shipped(), '--data', process.env.WORLD_CUBE]});
  await eachView(world.origin, worldViews, axe);
  await world.stop();
} else {
  console.log('skip world views # WORLD_CUBE names no cube');
}

await browser.close();
process.exit(failed ? 1 : 0);
